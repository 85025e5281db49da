import { execFile } from 'node:child_process';
import { connect } from 'node:net';
import { homedir } from 'node:os';
import path from 'node:path';
import { PM2_COLUMNS } from '../../lib/core/evidence/index.ts';
import { ROOT } from '../support/paths.ts';
import { codeOf } from '../support/problem.ts';
import type { Probe, ProbeEnvironment, Sample } from './probe.ts';

const TIMEOUT_MS = 5000;
/**
 * The minimum time between two samples. It is long, because each sample starts Node, which keeps one core busy for
 * about 0.1 s.
 */
const MIN_INTERVAL_MS = 5000;
/**
 * The maximum size of PM2's process list. The list is long, because it contains the whole environment of every process.
 */
const MAX_LIST_BYTES = 64 * 1024 ** 2;

const ALL_PROCESSES = 'all';

/**
 * The fields of PM2's process list that the probe reads. All other fields are dropped, because they may contain
 * secrets.
 */
export interface Pm2Process {
  name: string;
  pm_id: number;
  monit?: { memory?: number; cpu?: number };
  pm2_env?: { status?: string; restart_time?: number; pmx_module?: boolean };
}

/** Samples processes that PM2 runs on this machine. */
export function pm2Probe(names: readonly string[], env: ProbeEnvironment): Probe {
  return {
    sample: async () => pm2Sample(selectProcesses(await listProcesses(env), names)),
    close: async () => {},
    minIntervalMs: MIN_INTERVAL_MS,
  };
}

async function listProcesses(env: ProbeEnvironment): Promise<Pm2Process[]> {
  const home = env.PM2_HOME || path.join(env.HOME || homedir(), '.pm2');
  await assertDaemonRuns(home);
  const list = parsePm2List(await jlist({ PATH: searchPath(env), HOME: env.HOME, PM2_HOME: home }));
  if (!list) throw new Error('pm2 jlist returned no list of processes');
  return list;
}

/** Check first that a PM2 daemon runs, because the pm2 command would start a daemon. */
function assertDaemonRuns(home: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(path.join(home, 'rpc.sock'));
    socket.once('connect', () => {
      socket.destroy();
      resolve();
    });
    socket.once('error', () => reject(new Error(`no PM2 daemon runs in ${home}`)));
  });
}

/** Finds the pm2 command on PATH, or else in node_modules of this checkout. */
const searchPath = (env: ProbeEnvironment) =>
  [env.PATH, path.join(ROOT, 'node_modules', '.bin'), path.dirname(process.execPath)]
    .filter(Boolean)
    .join(path.delimiter);

function jlist(env: ProbeEnvironment): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(
      'pm2',
      ['jlist'],
      // Use SIGKILL, because pm2 handles other signals and may hang while cleaning up.
      { env, timeout: TIMEOUT_MS, killSignal: 'SIGKILL', maxBuffer: MAX_LIST_BYTES },
      (error, stdout) => {
        if (!error) resolve(stdout);
        else reject(new Error(failureOf(error)));
      },
    );
  });
}

/**
 * Returns the reason why the pm2 command failed. Does not quote the output of pm2, which may contain the values of
 * environment variables.
 */
function failureOf(error: { code?: unknown; killed?: boolean }): string {
  if (codeOf(error) === 'ENOENT') return 'pm2 is neither on PATH nor in node_modules/.bin';
  if (error.killed) return `pm2 jlist did not end within ${TIMEOUT_MS / 1000} s`;
  return `pm2 jlist ended with exit code ${error.code}`;
}

/**
 * Finds the process list in the output of `pm2 jlist`; null if there is none. The list is one line of JSON, but log
 * lines before and after the list may also begin with `[`.
 */
export function parsePm2List(output: string): Pm2Process[] | null {
  for (const line of output.split('\n').reverse()) {
    const start = line.search(/\[(?:\{"|\]\s*$)/);
    if (start < 0) continue;
    try {
      return JSON.parse(line.slice(start)) as Pm2Process[];
    } catch {
      // Ignore the error: the text was a log line, not JSON.
    }
  }
  return null;
}

/** Selects the processes with the given names. @throws Error if PM2 has no process with one of the names */
export function selectProcesses(processes: readonly Pm2Process[], names: readonly string[]): Pm2Process[] {
  const applications = processes.filter(({ pm2_env }) => !pm2_env?.pmx_module);
  if (names.includes(ALL_PROCESSES)) return applications;
  const unknown = names.filter((name) => !applications.some((process) => process.name === name));
  if (unknown.length > 0)
    throw new Error(
      `PM2 has no process named ${unknown.join(', ')}; available: ${applications.length > 0 ? [...new Set(applications.map(({ name }) => name))].join(', ') : 'none'}`,
    );
  return applications.filter(({ name }) => names.includes(name));
}

export function pm2Sample(processes: readonly Pm2Process[]): Sample {
  const sum = (figure: (process: Pm2Process) => number) =>
    processes.reduce((total, process) => total + figure(process), 0);
  return {
    [PM2_COLUMNS.processes]: processes.length,
    [PM2_COLUMNS.online]: processes.filter(({ pm2_env }) => pm2_env?.status === 'online').length,
    [PM2_COLUMNS.restarts]: sum(({ pm2_env }) => pm2_env?.restart_time ?? 0),
    [PM2_COLUMNS.cpuShare]: sum(cpuShareOf),
    [PM2_COLUMNS.residentBytes]: sum(residentBytesOf),
    ...Object.fromEntries(
      processes.flatMap((process) => [
        [`${process.name}-${process.pm_id}.${PM2_COLUMNS.cpuShare}`, cpuShareOf(process)],
        [`${process.name}-${process.pm_id}.${PM2_COLUMNS.residentBytes}`, residentBytesOf(process)],
      ]),
    ),
  };
}

/** PM2 reports CPU in percent of one core. */
const cpuShareOf = ({ monit }: Pm2Process) => (monit?.cpu ?? 0) / 100;
const residentBytesOf = ({ monit }: Pm2Process) => monit?.memory ?? 0;
