import { setTimeout as sleep } from 'node:timers/promises';
import type {
  Authentication,
  CredentialProbe,
  TargetEnvironment,
  TestPlan,
} from '../../lib/core/definition/index.ts';
import { causeOf } from '../support/network.ts';
import { openFileLimit } from '../support/open-files.ts';
import { Problem } from '../support/problem.ts';
import { answerOf, authHeaders } from '../support/requests.ts';

export interface Target {
  environment: TargetEnvironment;
  url: string;
  /** Started for this run, and ended with it. */
  own: boolean;
  /** Of a reference service, what is not as usual; absent where it is another target. */
  settings?: Record<string, string>;
  /** Values of the environment variables, with those of the local target in place. */
  env: NodeJS.ProcessEnv;
}

const HEALTH_PATIENCE_MS = 10_000;
const ANSWER_PATIENCE_MS = 5_000;
const RETRY_MS = 250;
/** Files that k6 opens beside one connection a VU. */
const SPARE_FILES = 200;

/**
 * Everything that would make the run worthless, looked at before any load is put on: host, health,
 * credentials. @throws Problem with what to mend
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
      `API_URL got "${url}", but TEST_ENV=local only takes this machine. Set TEST_ENV=staging to put load on ${hostname}.`,
    );
}

/** @throws Problem where this machine cannot hold a connection for each */
export async function assertEnoughFiles(vus: number): Promise<void> {
  const hard = await openFileLimit();
  const needed = vus + SPARE_FILES;
  if (hard !== null && hard < needed)
    throw new Problem(
      `${vus} VUs need about ${needed} open files, but the limit is ${hard}. Raise it (ulimit -n ${needed}) or lower --vus-scale.`,
    );
}

async function assertHealthy(url: string, signal: AbortSignal): Promise<void> {
  const giveUpAt = Date.now() + HEALTH_PATIENCE_MS;
  for (;;) {
    const outcome = await healthOf(url, signal);
    if (outcome === null) return;
    if (Date.now() > giveUpAt)
      throw new Problem(
        `The target is not healthy: GET ${url} ${outcome}, for ${HEALTH_PATIENCE_MS / 1000} s. Is API_URL right, and the service up?`,
        'NO_RESPONSE',
      );
    await sleep(RETRY_MS, undefined, { signal });
  }
}

/** Null when healthy, else what came instead. */
async function healthOf(url: string, signal: AbortSignal): Promise<string | null> {
  try {
    const response = await fetch(url, {
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_PATIENCE_MS)]),
    });
    await response.body?.cancel();
    return response.status === 200 ? null : answerOf(response);
  } catch (error) {
    signal.throwIfAborted();
    return `got no answer (${causeOf(error)})`;
  }
}

async function assertAccepted(
  probe: CredentialProbe,
  { url, env }: Target,
  signal: AbortSignal,
): Promise<void> {
  const {
    what,
    method = 'GET',
    path,
    body,
    auth,
    acceptedStatuses = [200],
    refusedStatuses = [401, 403],
  } = probe;
  const response = await fetch(url + path, {
    method,
    headers: {
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...authHeaders(auth, body, env),
    },
    ...(body === undefined ? {} : { body }),
    redirect: 'manual',
    signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_PATIENCE_MS)]),
  }).catch((error: unknown) => {
    signal.throwIfAborted();
    throw new Problem(
      `The ${what} could not be tried: ${method} ${url + path}: ${causeOf(error)}.`,
      'NO_RESPONSE',
    );
  });
  await response.body?.cancel();
  if (refusedStatuses.includes(response.status))
    throw new Problem(
      `The target refuses the ${what}: ${method} ${path} answered ${response.status}. Check ${variableOf(auth)}.`,
    );
  if (!acceptedStatuses.includes(response.status))
    throw new Problem(
      `The ${what} could not be tried: ${method} ${path} ${answerOf(response)}, expected ${acceptedStatuses.join(' or ')}. Is API_URL right?`,
      'NO_RESPONSE',
    );
}

const variableOf = (auth: Authentication) => (auth.scheme === 'none' ? 'the target' : auth.variable);
