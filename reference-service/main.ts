import { errorMessageOf } from './problem.ts';
import { changedSettings, readSettings } from './settings.ts';
import { Supervisor } from './supervisor.ts';

const say = (line: unknown) => process.stdout.write(`${JSON.stringify(line)}\n`);

let supervisor: Supervisor | undefined;

/** A second request to stop changes nothing: the first is already being followed. */
async function stop(exitCode: number): Promise<void> {
  await supervisor?.stop().catch((error) => process.stderr.write(`target: ${errorMessageOf(error)}\n`));
  process.exit(exitCode);
}

// Whoever reads the output may be gone; that is no reason to leave processes behind.
process.stdout.on('error', () => undefined);
process.stderr.on('error', () => undefined);
process.on('SIGTERM', () => void stop(0));
process.on('SIGINT', () => void stop(0));
process.on('SIGHUP', () => void stop(0));
process.on('disconnect', () => void stop(0));
process.on('uncaughtException', (error) => {
  process.stderr.write(`target: ${errorMessageOf(error)}\n`);
  void stop(1);
});

async function start(): Promise<void> {
  supervisor = new Supervisor(await readSettings(process.env), (line) =>
    process.stderr.write(`target: ${line}\n`),
  );
  const { databaseUrl, ...shown } = await supervisor.start();
  // It holds a password: only the channel to the parent may carry it.
  process.send?.({ databaseUrl });
  say({ ready: true, pid: process.pid, settings: await changedSettings(process.env), ...shown });
}

try {
  // Asked for its settings alone, it starts nothing.
  if (process.argv.includes('--settings')) say({ settings: await changedSettings(process.env) });
  else await start();
} catch (error) {
  say({ ready: false, error: errorMessageOf(error) });
  await stop(1);
}
