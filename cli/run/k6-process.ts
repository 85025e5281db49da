import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { RunOutcome } from '../../lib/core/evidence/index.ts';
import type { ExecutionSegment } from '../../lib/core/telemetry/index.ts';
import { collectLog, type K6Log } from './k6-log.ts';

export interface K6Exit {
  outcome: RunOutcome;
  reason: string | null;
}

/**
 * The meaning of k6's exit codes (https://grafana.com/docs/k6, version 2.x). After exit code 0 or 99, the run is
 * complete.
 */
const EXIT_CODES: Record<number, K6Exit> = {
  0: { outcome: 'completed', reason: null },
  97: { outcome: 'crashed', reason: 'k6 cannot run in the cloud with these settings' },
  99: { outcome: 'completed', reason: null },
  100: { outcome: 'crashed', reason: 'setup took too long' },
  101: { outcome: 'crashed', reason: 'teardown took too long' },
  102: { outcome: 'crashed', reason: 'k6 timed out' },
  103: { outcome: 'aborted', reason: 'k6 was stopped through its REST API' },
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
  /** Resolves when k6 has ended and its log is written. */
  exit: Promise<K6Exit>;
  /**
   * Stops k6 gracefully, so that k6 writes its summary. Repeated calls have no effect.
   * @param end the outcome to report
   */
  stop(end?: K6Exit): void;
  kill(): void;
}

export const STOPPED_BY_USER: K6Exit = { outcome: 'interrupted', reason: 'stopped by the user' };

/**
 * The part of the test that a k6 process runs, and the address of the REST API through which the process is resumed.
 */
export interface GeneratorSegment extends ExecutionSegment {
  address: string;
}

export interface K6Options {
  binary: string;
  bundle: string;
  outputs: string[];
  tags: Record<string, string>;
  env: NodeJS.ProcessEnv;
  logFile: string;
  /**
   * The part of the test that this process runs. Absent if the process runs the whole test; the load then begins
   * immediately.
   */
  segment?: GeneratorSegment;
  /** Removes secrets from log messages. */
  redact: (text: string) => string;
}

export function startK6({ binary, bundle, outputs, tags, env, logFile, segment, redact }: K6Options): K6Process {
  const args = [
    'run',
    '--quiet',
    '--no-color',
    '--no-usage-report',
    ...outputs.flatMap((output) => ['--out', output]),
    ...Object.entries(tags).flatMap(([name, value]) => ['--tag', `${name}=${value}`]),
    ...(segment ? argumentsOf(segment) : []),
    bundle,
  ];
  const child = spawn(binary, args, {
    env: { ...env, K6_LOG_FORMAT: 'json' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const log = collectLog();
  const file = createWriteStream(logFile);
  // Ignore write errors: without a log file, for example because the disk is full, the run continues.
  file.on('error', () => {});
  // Remove secrets line by line, because a chunk of output could end in the middle of a secret.
  createInterface({ input: child.stderr }).on('line', (line) => {
    const safe = `${redact(line)}\n`;
    log.write(safe);
    file.write(safe);
  });
  let stopped: K6Exit | null = null;
  return {
    pid: child.pid ?? 0,
    log,
    exit: exitOf(child, log, () => stopped).finally(() => new Promise((resolve) => file.end(resolve))),
    stop(end = STOPPED_BY_USER) {
      // Send only one signal, because a second signal would end k6 without a summary.
      if (stopped) return;
      stopped = end;
      child.kill('SIGINT');
    },
    kill() {
      stopped = STOPPED_BY_USER;
      child.kill('SIGKILL');
    },
    [Symbol.dispose]: () => {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    },
  };
}

const argumentsOf = ({ segment, sequence, address }: GeneratorSegment) => [
  '--paused',
  ...['--address', address],
  ...['--execution-segment', segment],
  ...['--execution-segment-sequence', sequence],
];

/** Returns the outcome of a run from the exit code of k6. */
export const exitOfCode = (code: number): K6Exit =>
  EXIT_CODES[code] ?? { outcome: 'crashed', reason: `k6 ended with exit code ${code}` };

function exitOf(child: ChildProcess, log: K6Log, stopped: () => K6Exit | null): Promise<K6Exit> {
  return new Promise((resolve) => {
    child.on('error', (error) => resolve({ outcome: 'crashed', reason: `k6 could not be started: ${error.message}` }));
    child.on('close', (code, signal) => {
      const end = stopped();
      if (end) return resolve(end);
      if (code === null) return resolve({ outcome: 'crashed', reason: `k6 was ended by ${signal}` });
      const known = exitOfCode(code);
      const message =
        known.outcome === 'completed' ? null : log.messages().find(({ level }) => level === 'error')?.message;
      resolve(message ? { outcome: known.outcome, reason: message } : known);
    });
  });
}
