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

const AGENT = 'X-Agent';
const run = optionalEnv('RUN_ID') ?? 'by-hand';
/** What a VU makes is never the same as what another one does, nor another run. */
const mark = perVU((vu) => `${Date.now().toString(36)}.${vu}`);

/** In each burst, the same agents: as many as it has VUs, each with one request. */
const asAgent: Credentials = {
  headers: credentials(admin).headers,
  sign: (headers) => {
    headers[AGENT] = `${run}.${exec.scenario.iterationInTest}`;
  },
};

let agents = 0;

/** Each request is for another agent: the limit is never met. */
const asAnyAgent: Credentials = {
  headers: credentials(admin).headers,
  sign: (headers) => {
    agents += 1;
    headers[AGENT] = `${mark()}.${agents}`;
  },
};

/** An answer whose email is not sent yet is a right one, and says so. */
const recorded = {
  expectedStatus: 201,
  has: 'id',
  degraded: 'degraded',
  contract: registration,
};
const ofAgent = { ...recorded, auth: asAgent, refusals: [429] };

export const registerAgent = endpoint('POST /api/agents', { ...ofAgent, creates: 'agent' });

export const registerMember = endpoint('POST /api/members', { ...ofAgent, creates: 'member' });

export const registerAnyMember = endpoint('POST /api/members', {
  ...recorded,
  auth: asAnyAgent,
  creates: 'member',
});

export const submitClaim = endpoint('POST /api/claims', { ...ofAgent, body: 'form', creates: 'claim' });

export const readPolicy = endpoint('GET /api/policies/:id', { auth: admin, has: 'plan', contract: policy });

export const readHealth = endpoint('GET /health', {
  auth: none,
  has: 'dependencies.database',
  contract: healthContract,
});

const names = dataset('insurance/names');

/** Of those that the service has from its beginning. */
const MEMBERS = 2000;

export const anyMember = (): string => String(1 + ((random() * MEMBERS) | 0));

let registrations = 0;
const nextEmail = (): string => {
  registrations += 1;
  return `${mark()}.${registrations}@example.com`;
};

/** Five pairs, each named in both orders: where locks are taken in the order of the request, they meet. */
const pairOf = (vu: number): [number, number] => {
  const lower = 1 + 2 * ((vu >> 1) % 5);
  return vu % 2 === 0 ? [lower, lower + 1] : [lower + 1, lower];
};

const ids = pairOf(__VU);

export const nextAgent = (): string =>
  JSON.stringify({
    name: names.next(),
    email: nextEmail(),
    branchId: ids[1],
    introducedByBranchId: ids[0],
  });

export const nextMember = (): string =>
  JSON.stringify({ name: names.next(), email: nextEmail(), plan: 'standard', agentIds: ids });

export const newAgents = each([visit(1, registerAgent, (it) => it.call('', nextAgent()))]);
export const newMembers = each([visit(1, registerMember, (it) => it.call('', nextMember()))]);
export const healthChecks = each([visit(1, readHealth, (it) => it.call())]);
