import { setTimeout as sleep } from 'node:timers/promises';
import type { Authentication, CredentialProbe, TargetEnvironment, TestPlan } from '../../lib/core/definition/index.ts';
import { causeOf } from '../support/network.ts';
import { openFileLimit } from '../support/open-files.ts';
import { Problem } from '../support/problem.ts';
import { authHeaders, responseText } from '../support/requests.ts';

export interface Target {
  environment: TargetEnvironment;
  url: string;
  /** The runner started the target for this run and stops it afterwards. */
  startedForRun: boolean;
  /** Changed settings of the reference service; absent for other targets. */
  settings?: Record<string, string>;
  /** Environment variables, including those of a local target. */
  env: NodeJS.ProcessEnv;
}

const HEALTH_TIMEOUT_MS = 10_000;
const RESPONSE_TIMEOUT_MS = 5_000;
const RETRY_MS = 250;
/** Files that k6 opens in addition to one connection per VU. */
const SPARE_FILES = 200;

/**
 * Checks everything that would make the run worthless before it begins: host, health, credentials.
 * @throws Problem that says what to fix
 */
export async function preflight(plan: TestPlan, target: Target, signal: AbortSignal): Promise<void> {
  assertHostAllowed(target);
  await assertHealthy(target.url + plan.target.healthPath, signal);
  await Promise.all(plan.target.probes.map((probe) => assertAccepted(probe, target, signal)));
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

function assertHostAllowed({ environment, url }: Target): void {
  const { hostname } = new URL(url);
  if (environment === 'local' && !LOOPBACK.test(hostname))
    throw new Problem(
      `API_URL is "${url}", but TEST_ENV=local only allows this machine. Set TEST_ENV=staging to test ${hostname}.`,
    );
}

/** @throws Problem if this machine cannot open a connection for each VU */
export async function assertEnoughFiles(vus: number): Promise<void> {
  const limit = await openFileLimit();
  const needed = vus + SPARE_FILES;
  if (limit !== null && limit < needed)
    throw new Problem(
      `${vus} VUs need about ${needed} open files, but the limit is ${limit}. Raise it (ulimit -n ${needed}) or lower --vus-scale.`,
    );
}

async function assertHealthy(url: string, signal: AbortSignal): Promise<void> {
  const giveUpAt = Date.now() + HEALTH_TIMEOUT_MS;
  for (;;) {
    const outcome = await healthProblem(url, signal);
    if (outcome === null) return;
    if (Date.now() > giveUpAt)
      throw new Problem(
        `The target is not healthy: GET ${url} ${outcome}, for ${HEALTH_TIMEOUT_MS / 1000} s. Check API_URL, and that the service is running.`,
        'NO_RESPONSE',
      );
    await sleep(RETRY_MS, undefined, { signal });
  }
}

/** Null if the target is healthy, otherwise what happened instead. */
async function healthProblem(url: string, signal: AbortSignal): Promise<string | null> {
  try {
    const response = await fetch(url, {
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(RESPONSE_TIMEOUT_MS)]),
    });
    await response.body?.cancel();
    return response.status === 200 ? null : responseText(response);
  } catch (error) {
    signal.throwIfAborted();
    return `got no response (${causeOf(error)})`;
  }
}

async function assertAccepted(probe: CredentialProbe, { url, env }: Target, signal: AbortSignal): Promise<void> {
  const { what, method = 'GET', path, body, auth, acceptedStatuses = [200], refusedStatuses = [401, 403] } = probe;
  const response = await fetch(url + path, {
    method,
    headers: {
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...authHeaders(auth, body, env),
    },
    ...(body === undefined ? {} : { body }),
    redirect: 'manual',
    signal: AbortSignal.any([signal, AbortSignal.timeout(RESPONSE_TIMEOUT_MS)]),
  }).catch((error: unknown) => {
    signal.throwIfAborted();
    throw new Problem(`The ${what} could not be checked: ${method} ${url + path}: ${causeOf(error)}.`, 'NO_RESPONSE');
  });
  await response.body?.cancel();
  if (refusedStatuses.includes(response.status))
    throw new Problem(
      `The target refuses the ${what}: ${method} ${path} returned HTTP ${response.status}. Check ${variableOf(auth)}.`,
    );
  if (!acceptedStatuses.includes(response.status))
    throw new Problem(
      `The ${what} could not be checked: ${method} ${path} ${responseText(response)}, but must return ${acceptedStatuses.join(' or ')}. Check API_URL.`,
      'NO_RESPONSE',
    );
}

const variableOf = (auth: Authentication) => (auth.scheme === 'none' ? 'the target' : auth.variable);
