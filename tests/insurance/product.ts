import exec from 'k6/execution';
import {
  bearer,
  type Credentials,
  credentials,
  dataset,
  defineVariables,
  each,
  endpoint,
  none,
  optionalEnv,
  type Product,
  perVU,
  random,
  visit,
} from 'load-suite';
import healthContract from './contracts/health.schema.json';
import policy from './contracts/policy.schema.json';
import registration from './contracts/registration.schema.json';

const variables = defineVariables({
  ADMIN_TOKEN: {
    kind: 'secret',
    description: 'bearer token for the admin endpoints',
    expects: 'a token without white space',
    local: 'local-admin-token',
  },
});

export const admin = bearer(variables.ADMIN_TOKEN);

export const product: Product = {
  name: 'insurance',
  target: {
    healthPath: '/health',
    metricsPath: '/metrics',
    probes: [{ what: 'admin token', path: '/api/policies/1', auth: admin }],
  },
  cleanup: { through: 'api', path: '/admin/load-runs/:run', auth: admin },
  ledger: { through: 'api', path: '/admin/load-runs/:run/ledger', auth: admin },
};

const AGENT_HEADER = 'X-Agent';
const runId = optionalEnv('RUN_ID') ?? 'by-hand';
/** Makes values unique across VUs and runs. */
const uniquePrefix = perVU((vu) => `${Date.now().toString(36)}.${vu}`);

/** Every burst has the same agents, with one request each, so that they reach the rate limit together. */
const asBurstAgent: Credentials = {
  headers: credentials(admin).headers,
  sign: (headers) => {
    headers[AGENT_HEADER] = `${runId}.${exec.scenario.iterationInTest}`;
  },
};

let agents = 0;

/** Each request has a new agent, so it never reaches the rate limit. */
const asNewAgent: Credentials = {
  headers: credentials(admin).headers,
  sign: (headers) => {
    agents += 1;
    headers[AGENT_HEADER] = `${uniquePrefix()}.${agents}`;
  },
};

/** If the email is not sent yet, the response is still correct but marked as degraded. */
const registrationResponse = {
  expectedStatus: 201,
  has: 'id',
  degraded: 'degraded',
  contract: registration,
};
const rateLimitedRegistration = { ...registrationResponse, auth: asBurstAgent, refusals: [429] };

export const registerAgent = endpoint('POST /api/agents', { ...rateLimitedRegistration, creates: 'agent' });

export const registerMember = endpoint('POST /api/members', {
  ...rateLimitedRegistration,
  creates: 'member',
});

export const registerMemberAsNewAgent = endpoint('POST /api/members', {
  ...registrationResponse,
  auth: asNewAgent,
  creates: 'member',
});

export const submitClaim = endpoint('POST /api/claims', {
  ...rateLimitedRegistration,
  body: 'form',
  creates: 'claim',
});

export const readPolicy = endpoint('GET /api/policies/:id', { auth: admin, has: 'plan', contract: policy });

export const readHealth = endpoint('GET /health', {
  auth: none,
  has: 'dependencies.database',
  contract: healthContract,
});

const names = dataset('insurance/names');

/** Number of members that the service creates when it starts. */
const MEMBERS = 2000;

export const randomMemberId = (): string => String(1 + ((random() * MEMBERS) | 0));

let registrations = 0;
const nextEmail = (): string => {
  registrations += 1;
  return `${uniquePrefix()}.${registrations}@example.com`;
};

/**
 * Five pairs of ids, each used in both orders: of branches for new agents, and of agents for new members. A service that
 * locks rows in the order of the request would deadlock.
 */
const idPairOf = (vu: number): [number, number] => {
  const lower = 1 + 2 * ((vu >> 1) % 5);
  return vu % 2 === 0 ? [lower, lower + 1] : [lower + 1, lower];
};

const idPair = idPairOf(__VU);

export const nextAgent = (): string =>
  JSON.stringify({
    name: names.next(),
    email: nextEmail(),
    branchId: idPair[1],
    introducedByBranchId: idPair[0],
  });

export const nextMember = (): string =>
  JSON.stringify({ name: names.next(), email: nextEmail(), plan: 'standard', agentIds: idPair });

export const newAgents = each([visit(1, registerAgent, (it) => it.call('', nextAgent()))]);
export const newMembers = each([visit(1, registerMember, (it) => it.call('', nextMember()))]);
export const healthChecks = each([visit(1, readHealth, (it) => it.call())]);
