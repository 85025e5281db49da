import { errorMessageOf } from './problem.ts';
import { changedSettings, readSettings } from './settings.ts';
import { Supervisor } from './supervisor.ts';

const printJson = (value: unknown) => process.stdout.write(`${JSON.stringify(value)}\n`);

let supervisor: Supervisor | undefined;

/** Stops the supervisor and exits. May be called several times; only the first call has an effect. */
async function stop(exitCode: number): Promise<void> {
  await supervisor?.stop().catch((error) => process.stderr.write(`target: ${errorMessageOf(error)}\n`));
  process.exit(exitCode);
}

// Ignore output errors, because all processes must be stopped even if the program that reads the output has exited.
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
  supervisor = new Supervisor(await readSettings(process.env), (line) => process.stderr.write(`target: ${line}\n`));
  const { databaseUrl, ...publicEndpoints } = await supervisor.start();
  // Send the database URL only through the IPC channel to the parent process, because the URL contains a password.
  process.send?.({ databaseUrl });
  printJson({
    ready: true,
    pid: process.pid,
    settings: await changedSettings(process.env),
    ...publicEndpoints,
  });
}

try {
  // With --settings, print the settings and start no processes.
  if (process.argv.includes('--settings')) printJson({ settings: await changedSettings(process.env) });
  else await start();
} catch (error) {
  printJson({ ready: false, error: errorMessageOf(error) });
  await stop(1);
}
