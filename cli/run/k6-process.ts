import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { RunOutcome } from '../../lib/core/result.ts';
import { collectLog, type K6Log } from './k6-log.ts';

export interface K6Exit {
  outcome: RunOutcome;
  reason: string | null;
}

/** k6's exit codes: https://grafana.com/docs/k6, as of 2.x. 0 and 99 are complete runs. */
const EXIT_CODES: Record<number, { outcome: RunOutcome; reason: string | null }> = {
  0: { outcome: 'completed', reason: null },
  97: { outcome: 'crashed', reason: 'k6 cannot be run in the cloud with these settings' },
  99: { outcome: 'completed', reason: null },
  100: { outcome: 'crashed', reason: 'setup took too long' },
  101: { outcome: 'crashed', reason: 'teardown took too long' },
  102: { outcome: 'crashed', reason: 'k6 timed out' },
  103: { outcome: 'crashed', reason: 'k6 could not stop its engine' },
  104: { outcome: 'crashed', reason: 'k6 refused its configuration' },
  105: { outcome: 'interrupted', reason: 'k6 was stopped by a signal' },
  106: { outcome: 'crashed', reason: 'k6 could not start its REST API' },
  107: { outcome: 'crashed', reason: 'an exception in the code of the test' },
  108: { outcome: 'aborted', reason: 'the test aborted itself' },
  109: { outcome: 'crashed', reason: 'k6 panicked' },
  110: { outcome: 'crashed', reason: 'k6 marked the run as failed' },
};

export interface K6Process extends Disposable {
  pid: number;
  log: K6Log;
  /** Settles when k6 has ended and its log is written. */
  exit: Promise<K6Exit>;
  /** Once: k6 stops gracefully and writes its summary. */
  stop(): void;
  kill(): void;
}

export interface K6Options {
  binary: string;
  bundle: string;
  outputs: string[];
  /** On every sample. */
  tags: Record<string, string>;
  env: NodeJS.ProcessEnv;
  logFile: string;
  /** Takes secrets out of what is logged. */
  redact: (text: string) => string;
}

export function startK6({ binary, bundle, outputs, tags, env, logFile, redact }: K6Options): K6Process {
  const args = [
    'run',
    '--quiet',
    '--no-color',
    '--no-usage-report',
    ...outputs.flatMap((one) => ['--out', one]),
    ...Object.entries(tags).flatMap(([name, value]) => ['--tag', `${name}=${value}`]),
    bundle,
  ];
  const child = spawn(binary, args, {
    env: { ...env, K6_LOG_FORMAT: 'json' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const log = collectLog();
  const file = createWriteStream(logFile);
  // The log is a convenience: a disk that is full must not end the run.
  file.on('error', () => {});
  // By the line, and not as it comes: a secret may be cut in two.
  createInterface({ input: child.stderr }).on('line', (line) => {
    const safe = `${redact(line)}\n`;
    log.write(safe);
    file.write(safe);
  });
  let stopped = false;
  return {
    pid: child.pid ?? 0,
    log,
    exit: exitOf(child, log, () => stopped).finally(() => new Promise((resolve) => file.end(resolve))),
    stop() {
      stopped = true;
      child.kill('SIGINT');
    },
    kill() {
      stopped = true;
      child.kill('SIGKILL');
    },
    [Symbol.dispose]: () => {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    },
  };
}

function exitOf(child: ChildProcess, log: K6Log, stoppedByUs: () => boolean): Promise<K6Exit> {
  return new Promise((resolve) => {
    child.on('error', (error) =>
      resolve({ outcome: 'crashed', reason: `k6 could not be started: ${error.message}` }),
    );
    child.on('close', (code, signal) => {
      if (stoppedByUs()) return resolve({ outcome: 'interrupted', reason: 'stopped by the user' });
      if (code === null) return resolve({ outcome: 'crashed', reason: `k6 was ended by ${signal}` });
      const known = EXIT_CODES[code] ?? { outcome: 'crashed', reason: `k6 ended with code ${code}` };
      const said =
        known.outcome === 'completed' ? null : log.messages().find(({ level }) => level === 'error')?.message;
      resolve(said ? { outcome: known.outcome, reason: said } : known);
    });
  });
}
