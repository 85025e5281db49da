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

/** Where it listens when it is started by itself: the local stand-ins of API_URL point there. */
export const STANDALONE_PORTS = { PORT: '4010', CONTROL_PORT: '4011' };

export interface LocalTarget extends AsyncDisposable {
  url: string;
  controlUrl: string;
  /** Its settings that are not as usual, by their environment variables. */
  settings: Record<string, string>;
  /** Environment variables with which it is loaded and watched. */
  variables: Partial<Record<VariableName | 'PM2_HOME', string>>;
}

/** The line with which the reference service says that it is there, or why it is not. */
export type TargetReport = ReadyTarget | { ready: false; error: string };

export interface ReadyTarget {
  ready: true;
  url: string;
  controlUrl: string;
  settings: Record<string, string>;
  /** Where it runs under PM2. */
  pm2?: { name: string; home: string };
  /** Where its metrics are, if not at its own /metrics. */
  metricsUrl?: string;
}

/** Where no target is named, a local run is one against a reference service of its own. */
export const startsOwnTarget = (environment: TargetEnvironment, env: NodeJS.ProcessEnv): boolean =>
  environment === 'local' && !env.API_URL;

/**
 * The main module of the reference service. Installs its packages where the installation of the suite left them out.
 * @throws Problem where they cannot be installed
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

/** Beyond this a target that was told to stop is killed. */
const STOP_PATIENCE_MS = 15_000;

/**
 * Starts the reference service, as the product that a test is of, with its database and providers, on free ports. It ends with this process, however
 * this process ends: the channel between them closes.
 * @throws Problem with the service's own reason, where it does not start
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
    // Ctrl-C is for the runner, which still needs the target while k6 stops.
    detached: true,
  });
  const stop = () => stopChild(child);
  signal.addEventListener('abort', stop, { once: true });
  const databaseUrl = ownDatabase(child);
  try {
    const report = await firstReport(child);
    signal.throwIfAborted();
    if (!report.ready) throw new Problem(`The reference service did not start: ${report.error}`);
    const { url, controlUrl, settings } = report;
    const variables = variablesOf(report, await databaseUrl);
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
 * The settings with which the reference service would start, as far as they are not as usual.
 * @throws Problem with the service's own reason, where it would not start with them
 */
export async function settingsOfTarget(
  product: string,
  env: NodeJS.ProcessEnv,
): Promise<Record<string, string>> {
  const asked = { env: { ...env, TARGET_PRODUCT: product } };
  const { stdout } = await promisify(execFile)(process.execPath, [TARGET_MAIN, '--settings'], asked).catch(
    (error: { stdout?: string }) => ({ stdout: error.stdout ?? '' }),
  );
  const said = parsedOrNull(stdout) as { settings?: Record<string, string>; error?: string } | null;
  if (!said?.settings)
    throw new Problem(`The reference service would not start: ${said?.error ?? 'it did not say why'}`);
  return said.settings;
}

/** Sent over the channel alone, because it holds a password; undefined where the service ends before. */
function ownDatabase(child: ChildProcess): Promise<string | undefined> {
  return new Promise((resolve) => {
    child.once('message', ({ databaseUrl }: { databaseUrl: string }) => resolve(databaseUrl));
    child.once('exit', () => resolve(undefined));
    child.once('error', () => resolve(undefined));
  });
}

function variablesOf(
  { url, pm2, metricsUrl }: ReadyTarget,
  databaseUrl: string | undefined,
): LocalTarget['variables'] {
  return {
    API_URL: url,
    ...(databaseUrl && { TARGET_DATABASE_URL: databaseUrl }),
    ...(metricsUrl && { METRICS_URL: metricsUrl }),
    ...(pm2 && { PM2_PROCESSES: pm2.name, PM2_HOME: pm2.home }),
    // By its port: after a crash it is another process. Several processes on one port are PM2's to watch.
    ...(process.platform === 'linux' && !pm2 && { TARGET_PROCESS: `:${new URL(url).port}` }),
  };
}

function firstReport(child: ChildProcess): Promise<TargetReport> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    // Not when it has ended: what it said last may still be unread then.
    child.once('close', (code, signal) =>
      resolve({
        ready: false,
        error: `it ended with ${code === null ? signal : `code ${code}`} before it was ready`,
      }),
    );
    if (child.stdout)
      createInterface({ input: child.stdout }).once('line', (line) =>
        resolve(JSON.parse(line) as TargetReport),
      );
  });
}

function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_PATIENCE_MS);
    child.once('exit', () => {
      clearTimeout(timer);
      resolve();
    });
    child.kill('SIGTERM');
  });
}
