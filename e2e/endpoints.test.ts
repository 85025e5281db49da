import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import type { Result } from '../lib/core/evidence/index.ts';
import { addProduct, Checkout } from './checkout.ts';
import { Sandbox } from './sandbox.ts';

const sandbox = new Sandbox({ outlivesTests: true });

/** A service that has a route for each kind of response. */
const PLUGIN = `
    const { default: multipart } = await import('@fastify/multipart');
    await app.register(multipart);
    let signIns = 0;
    let created = [];
    app.post('/sign-in', async () => ({ token: 'token-' + ++signIns }));
    app.get('/profile', async (request, reply) => {
      if (!/^Bearer token-\\d+$/.test(request.headers.authorization ?? '')) reply.status(401);
      return { error: 'unauthorized', name: 'Ada' };
    });
    let requests = 0;
    app.get('/limited', async (request, reply) => {
      if (++requests > 2) reply.status(429);
      return { error: 'rate_limited', requests };
    });
    app.get('/advice', async () => ({ degraded: true, advice: 'none today' }));
    app.put('/shops/:shop/items/:item', async ({ params, body }) => ({ ...params, ...body }));
    app.patch('/items/:item', async ({ body }) => body);
    app.delete('/items/:item', async (request, reply) => reply.status(204).send());
    app.post('/claims', async (request, reply) => {
      const file = await request.file();
      const bytes = await file.toBuffer();
      created.push(loadRunOf(request));
      reply.status(201);
      return { type: file.mimetype, size: bytes.length, begins: bytes.subarray(0, 5).toString(), of: file.fields.of.value };
    });
    addLoadRunRoute(app, async (run) => {
      const before = created.length;
      created = created.filter((createdBy) => createdBy !== run);
      return { claim: before - created.length };
    });
`;

const TEST = `import { defineTest, endpoint, file, heldToken, noFailedCheck, none, once, plannedEndpoint, randomBytes } from 'load-suite';
import { product } from './product.ts';

const session = heldToken();
const signIn = endpoint('POST /sign-in', { auth: none, expectedStatus: 200, has: 'token' });
const profile = endpoint('GET /profile', { auth: session.credentials, expectedStatus: 200, has: 'name', refusals: [401] });
const limited = endpoint('GET /limited', { auth: none, expectedStatus: 200, has: 'requests', refusals: [429] });
const advice = endpoint('GET /advice', { auth: none, expectedStatus: 200, has: 'advice', degraded: 'degraded' });
const replace = endpoint('PUT /shops/:shop/items/:item', { auth: none, expectedStatus: 200, has: 'item' });
const change = endpoint('PATCH /items/:id', { auth: none, expectedStatus: 200, has: 'price' });
const remove = endpoint('DELETE /items/:id', { auth: none, expectedStatus: 204 });
const claim = endpoint('POST /claims', { auth: none, expectedStatus: 201, has: 'size', body: 'form', creates: 'claim' });

const document = file(randomBytes(50_000, '%PDF-'), 'a.pdf', 'application/pdf');
const valuesOf = ({ response }, ...names) => names.map((name) => response.json(name)).join(' ');
const expect = (expected, actual) => {
  if (actual !== expected) throw new Error('expected ' + expected + ', got ' + actual);
};

export const { options, run, handleSummary } = defineTest({
  product: { ...product, cleanup: { through: 'api', path: '/load-runs/:run', auth: none } },
  test: 'endpoints',
  description: 'a fixture',
  workload: once({ maxDuration: '10s' }),
  traffic: {
    uses: () => ({
      endpoints: [signIn, profile, limited, advice, replace, change, remove, claim].map((endpoint) => plannedEndpoint({ endpoint })),
      flows: [],
    }),
    iterate: () => {
      const signedOut = profile.call();
      expect('false true refused-401', [signedOut.ok, signedOut.refused].join(' ') + ' ' + signedOut.reason);
      expect(true, session.setFrom(signIn.call('', '{}'), 'token'));
      expect(true, profile.call().ok);
      session.clear();
      expect(true, profile.call().refused);
      for (let i = 0; i < 5; i++) limited.call();
      expect(true, advice.call().ok);
      expect('s1 i2 9', valuesOf(replace.call(['s1', 'i2'], '{"price":9}'), 'shop', 'item', 'price'));
      expect(7, change.call('i2', '{"price":7}').response.json('price'));
      expect(true, remove.call('i2').ok);
      const created = claim.call('', { of: 'Ada', document });
      expect('application/pdf 50000 %PDF- Ada', valuesOf(created, 'type', 'size', 'begins', 'of'));
    },
  },
  criteria: [noFailedCheck()],
});
`;

let result: Result;

before(async () => {
  const checkout = new Checkout(sandbox);
  addProduct(checkout, { plugin: PLUGIN });
  checkout.write('tests/fixture/endpoints.ts', TEST);
  const exit = await sandbox.run(['fixture/endpoints'], { root: checkout.root });
  assert.equal(exit.code, 0, exit.stdout + exit.stderr);
  result = sandbox.lastRun.result;
});

const endpointResult = (name: string) => {
  const endpoint = result.endpoints.find((candidate) => candidate.name === name);
  assert.ok(endpoint, name);
  return endpoint;
};

test('refusals by design are counted by status and not as errors', () => {
  assert.equal(result.totals.errors, 0);
  assert.deepEqual(result.totals.refusals, { 401: 2, 429: 3 });
  assert.deepEqual(endpointResult('GET /limited').refusals, { 429: 3 });
  assert.deepEqual(endpointResult('GET /limited').statuses, { 200: 2, 429: 3 });
  assert.deepEqual(endpointResult('GET /profile').statuses, { 200: 1, 401: 2 });
});

test('degraded responses count as successful and are also counted separately', () => {
  assert.deepEqual([result.totals.degraded, endpointResult('GET /advice').degraded], [1, 1]);
});

test('a result counts response statuses for all HTTP methods', () => {
  assert.deepEqual(result.statuses, { 200: 7, 201: 1, 204: 1, 401: 2, 429: 3 });
});

test('the summary of k6 and the result contain the same counts of response statuses', () => {
  assert.deepEqual(sandbox.lastRun.summary.statuses, result.statuses);
});

test('a run that started the reference service counts created records but does not remove them', () => {
  assert.deepEqual(result.cleanup?.created, { claim: 1 });
  assert.equal(result.cleanup?.removed, null);
  assert.match(result.cleanup?.note ?? '', /removed with the database/);
});
