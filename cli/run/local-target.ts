import { type ChildProcess, execFile, spawn } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import type { TargetEnvironment, VariableName } from '../../lib/core/definition/index.ts';
import { cacheFolder, cacheProblem } from '../node/cache.mjs';
import { ensureWorkspaces } from '../node/dependencies.mjs';
import { Interrupted, LaunchError } from '../node/launch-error.mjs';
import { parsedOrNull } from '../support/json.ts';
import { ROOT } from '../support/paths.ts';
import { Problem } from '../support/problem.ts';

const TARGET_MAIN = path.join(ROOT, 'reference-service', 'main.ts');

/**
 * The default ports of the reference service when the user starts it separately. The default value of API_URL for
 * TEST_ENV=local contains the first port.
 */
export const STANDALONE_PORTS = { PORT: '4010', CONTROL_PORT: '4011' };

export interface LocalTarget extends AsyncDisposable {
  url: string;
  controlUrl: string;
  /** The settings that differ from their default values, by environment variable. */
  settings: Record<string, string>;
  /** Environment variables with which the load and the probes reach the target. */
  variables: Partial<Record<VariableName | 'PM2_HOME', string>>;
}

/** The line of JSON in which the reference service reports that it is ready, or why it could not start. */
export type TargetReport = ReadyTarget | { ready: false; error: string };

export interface ReadyTarget {
  ready: true;
  url: string;
  controlUrl: string;
  settings: Record<string, string>;
  /** How to find the service in PM2; absent if the service does not run under PM2. */
  pm2?: { name: string; home: string };
  /** The URL of the service's metrics, if their path is not /metrics. */
  metricsUrl?: string;
}

/** Returns whether a run starts the reference service: TEST_ENV is local, and API_URL is not set. */
export const startsOwnTarget = (environment: TargetEnvironment, env: NodeJS.ProcessEnv): boolean =>
  environment === 'local' && !env.API_URL;

/**
 * Returns the path of the reference service's main module. Installs the packages of the reference service if they are
 * missing.
 * @throws Problem if the packages cannot be installed
 */
export async function installedTarget(env: NodeJS.ProcessEnv): Promise<string> {
  const log = (line: string) => process.stderr.write(`${line}\n`);
  try {
    await ensureWorkspaces({ root: ROOT, node: process.execPath, env, log });
  } catch (error) {
    if (error instanceof Interrupted)
      throw new Problem('Interrupted while npm installed the reference service.', 'INTERRUPTED');
    const message = error instanceof LaunchError ? error.message : cacheProblem(error, cacheFolder(env));
    throw message ? new Problem(message) : error;
  }
  return TARGET_MAIN;
}

/** The time after which a service that has not stopped is killed. */
const STOP_TIMEOUT_MS = 15_000;

/**
 * Starts the reference service for a product, with the database and the providers of the service, on free ports. If
 * this process is killed, the IPC channel closes, and the service stops.
 * @throws Problem with the reason if the service does not start
 */
export async function startLocalTarget(
  product: string,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<LocalTarget> {
  const main = await installedTarget(env);
  signal.throwIfAborted();
  const child = spawn(process.execPath, [main], {
    env: { ...env, TARGET_PRODUCT: product },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    // Start a separate process group, so that Ctrl-C does not reach the target. The runner needs the target until k6
    // has stopped.
    detached: true,
  });
  const stop = () => stopChild(child);
  signal.addEventListener('abort', stop, { once: true });
  const databaseUrl = databaseUrlFrom(child);
  try {
    const report = await firstReport(child);
    signal.throwIfAborted();
    if (!report.ready) throw new Problem(`The reference service did not start: ${report.error}`);
    const { url, controlUrl, settings } = report;
    const variables = connectionVariables(report, await databaseUrl);
    return { url, controlUrl, settings, variables, [Symbol.asyncDispose]: stop };
  } catch (error) {
    await stop();
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/**
 * Returns the settings with which the reference service would start, if they differ from the defaults.
 * @throws Problem with the reason if the settings are invalid
 */
export async function settingsOfTarget(product: string, env: NodeJS.ProcessEnv): Promise<Record<string, string>> {
  const options = { env: { ...env, TARGET_PRODUCT: product } };
  const { stdout } = await promisify(execFile)(process.execPath, [TARGET_MAIN, '--settings'], options).catch(
    (error: { stdout?: string }) => ({ stdout: error.stdout ?? '' }),
  );
  const reported = parsedOrNull(stdout) as { settings?: Record<string, string>; error?: string } | null;
  if (!reported?.settings)
    throw new Problem(`The reference service cannot start: ${reported?.error ?? 'it gave no reason'}`);
  return reported.settings;
}

/**
 * Receives the URL of the service's database. The service sends it over the IPC channel, because it contains a
 * password. Resolves to undefined if the service ends before sending the URL.
 */
function databaseUrlFrom(child: ChildProcess): Promise<string | undefined> {
  return new Promise((resolve) => {
    child.once('message', ({ databaseUrl }: { databaseUrl: string }) => resolve(databaseUrl));
    child.once('exit', () => resolve(undefined));
    child.once('error', () => resolve(undefined));
  });
}

function connectionVariables(
  { url, pm2, metricsUrl }: ReadyTarget,
  databaseUrl: string | undefined,
): LocalTarget['variables'] {
  return {
    API_URL: url,
    ...(databaseUrl && { TARGET_DATABASE_URL: databaseUrl }),
    ...(metricsUrl && { METRICS_URL: metricsUrl }),
    ...(pm2 && { PM2_PROCESSES: pm2.name, PM2_HOME: pm2.home }),
    // The process probe finds the service by its port, because the process ID changes with every restart. If the
    // service runs under PM2, the PM2 probe samples the processes instead.
    ...(process.platform === 'linux' && !pm2 && { TARGET_PROCESS: `:${new URL(url).port}` }),
  };
}

function firstReport(child: ChildProcess): Promise<TargetReport> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    // Wait for the 'close' event, because the last line of output may not have been read yet when 'exit' is emitted.
    child.once('close', (code, signal) =>
      resolve({
        ready: false,
        error: `it ended with ${code === null ? signal : `exit code ${code}`} before it was ready`,
      }),
    );
    if (child.stdout)
      createInterface({ input: child.stdout }).once('line', (line) => resolve(JSON.parse(line) as TargetReport));
  });
}

function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
    child.once('exit', () => {
      clearTimeout(timer);
      resolve();
    });
    child.kill('SIGTERM');
  });
}
