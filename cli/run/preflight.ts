import { setTimeout as sleep } from 'node:timers/promises';
import type { Authentication, CredentialProbe, TargetEnvironment, TestPlan } from '../../lib/core/definition/index.ts';
import { causeOf } from '../support/network.ts';
import { openFileLimit } from '../support/open-files.ts';
import { Problem } from '../support/problem.ts';
import { authHeaders, responseText } from '../support/requests.ts';

export interface Target {
  environment: TargetEnvironment;
  url: string;
  /** Whether the runner started the target for this run. If so, the runner stops it afterwards. */
  startedForRun: boolean;
  /** The settings of the reference service that differ from their defaults; absent for other targets. */
  settings?: Record<string, string>;
  /** The environment variables of the run, including the variables of a local target. */
  env: NodeJS.ProcessEnv;
}

const HEALTH_TIMEOUT_MS = 10_000;
const RESPONSE_TIMEOUT_MS = 5_000;
const RETRY_MS = 250;
/** An estimate of the number of files that k6 opens in addition to one connection per VU. */
const SPARE_FILES = 200;

/**
 * Checks before the load begins that the host is allowed, the target is healthy, and the credentials are valid.
 * @throws Problem that says what the user must fix
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

/**
 * Checks that this machine can open a connection for each VU.
 * @throws Problem if the limit on open files is too low
 */
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

/**
 * Sends one health check. Returns null if the target is healthy, or else a description of the response or network
 * error.
 */
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
