/** Runs the public API for test authors in k6, and checks the requests that a service receives. */
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { before, type TestContext, test } from 'node:test';
import { serve } from '../cli/testing/environment.ts';
import type { Summary } from '../lib/core/telemetry/index.ts';
import { addProduct, Checkout } from './checkout.ts';
import { Sandbox } from './sandbox.ts';

const sandbox = new Sandbox();
const checkout = new Checkout(sandbox);
const SECRET = 'key-of-the-run';

const DATA = `import type { Datasets } from 'load-suite/data';

export const datasets: Datasets = { rows: () => Array.from({ length: 2000 }, (_, i) => 'row-' + i) };
`;

const NUMBER = '{ "type": "object", "required": ["n"], "properties": { "n": { "type": "integer" } } }';

/** Returns the source code of a test of the product `fixture`. */
const testOf = (name: string, imports: string, top: string, definition: string) => `
import { defineTest, endpoint, noFailedCheck, none, ${imports} } from 'load-suite';
import { product } from './product.ts';
import number from './contracts/number.schema.json';

${top}

export const { options, run, handleSummary } = defineTest({
  product, test: '${name}', description: 'a fixture', criteria: [noFailedCheck()], ${definition}
});
`;

const TESTS: Record<string, string> = {
  credentials: testOf(
    'credentials',
    'apiKey, bearer, defineVariables, each, once, signed, visit, wrongSignature',
    `const { KEY } = defineVariables({ KEY: { kind: 'secret', description: 'a key', local: 'local-key' } });
    const to = (variant, auth) => visit(1, endpoint('POST /orders', { auth, variant }), (it) => it.call('', '{"of":"Ada"}'));`,
    `workload: once({ maxDuration: '5s' }),
    traffic: each([
      to('bearer', bearer(KEY)),
      to('key', apiKey(KEY, 'X-Key')),
      to('signed', signed(KEY, 'X-Signature')),
      to('forged', wrongSignature('X-Signature')),
    ])`,
  ),
  journey: testOf(
    'journey',
    'each, flow, inSequence, observedStep, once, serverTiming, step, visit',
    `const browse = endpoint('GET /browse', { auth: none });
    const wait = endpoint('GET /wait', { auth: none });
    const pay = endpoint('POST /pay', { auth: none });
    const never = endpoint('GET /never', { auth: none });
    const count = endpoint('GET /count', { auth: none, contract: number });
    const buy = flow('buy', {
      endpoints: [browse, wait, pay, never],
      begin: () => ({ reply: undefined }),
      steps: [
        step('browse', (context) => (context.reply = browse.call())),
        observedStep('model', ({ reply }, name) => serverTiming(reply, name)),
        observedStep('unknown', ({ reply }, name) => serverTiming(reply, name)),
        step('pay', () => pay.call('', '{}')),
        step('never', () => never.call()),
      ],
    });`,
    `workload: once({ maxDuration: '5s' }), contractShare: 1,
    traffic: inSequence(each([visit(1, wait, (it) => it.call()), visit(1, count, (it) => it.call())]), buy)`,
  ),
  mix: testOf(
    'mix',
    'anyOf, mix, oneOf, sequential, visit',
    `const to = (weight, name) => visit(weight, endpoint('GET /' + name + '/:id', { auth: none }), (it) => it.call(anyOf(['1', '2'])));`,
    `workload: sequential([{ phase: 'only', samples: 400, within: '20s' }]),
    traffic: { only: oneOf([[mix([to(1, 'a'), to(3, 'b')]), 1], [mix([to(1, 'c')]), 1]]) }`,
  ),
  rows: testOf(
    'rows',
    'constantVUs, dataset, mix, perVU, visit, withThinkTime',
    `const rows = dataset('fixture/rows');
    const vu = perVU((number) => number);
    const send = endpoint('POST /rows/:vu', { auth: none });`,
    `workload: constantVUs({ vus: 4, duration: '2s', gracefulStop: '1s' }),
    traffic: withThinkTime(mix([visit(1, send, (it) => it.call(String(vu()), rows.next()))]), [0.02, 0.04])`,
  ),
};

before(async () => {
  rmSync(path.join(checkout.root, 'tests'), { recursive: true });
  addProduct(checkout);
  checkout.write('tests/fixture/data.ts', DATA);
  checkout.write('tests/fixture/contracts/number.schema.json', NUMBER);
  for (const [name, source] of Object.entries(TESTS)) checkout.write(`tests/fixture/${name}.ts`, source);
  await checkout.bundle();
});

let runs = 0;

interface Received {
  method: string;
  url: string;
  headers: NodeJS.Dict<string | string[]>;
  body: string;
}

/**
 * Runs a test with k6 against a service that sends the given responses, and returns the requests that the service
 * received.
 */
async function runOf(
  t: TestContext,
  name: string,
  responses: Record<string, { status?: number; body?: string; headers?: Record<string, string> }> = {},
) {
  const received: Received[] = [];
  const API_URL = await serve(t, async (request, response) => {
    const { method = '', url = '', headers } = request;
    received.push({ method, url, headers, body: await text(request) });
    const { status = 200, body = '{}', headers: responseHeaders } = responses[url] ?? {};
    response.writeHead(status, responseHeaders).end(body);
  });
  runs += 1;
  const cwd = sandbox.subfolder(`${runs}`);
  mkdirSync(path.join(cwd, 'results'));
  const { stdout, stderr } = await sandbox.k6([path.join(checkout.root, 'dist', 'fixture', `${name}.js`)], {
    cwd,
    env: { API_URL, KEY: SECRET, SEED: '7' },
  });
  const file = path.join(cwd, 'results', `fixture-${name}.summary.json`);
  const summary: Summary = JSON.parse(readFileSync(file, 'utf8'));
  return { received, summary, output: stdout + stderr };
}

test('each request carries the credentials that its endpoint defines', async (t) => {
  const { received } = await runOf(t, 'credentials');
  const hmac = createHmac('sha256', SECRET).update('{"of":"Ada"}').digest('hex');
  assert.deepEqual(
    received.map(({ headers }) => [headers.authorization, headers['x-key'], headers['x-signature']]),
    [
      [`Bearer ${SECRET}`, undefined, undefined],
      [undefined, SECRET, undefined],
      [undefined, undefined, `sha256=${hmac}`],
      [undefined, undefined, `sha256=${'0'.repeat(64)}`],
    ],
  );
});

test('a flow runs its steps in order and stops at the first failure', async (t) => {
  const { received, summary, output } = await runOf(t, 'journey', {
    '/browse': { headers: { 'Server-Timing': 'model;dur=750, total;dur=800' } },
    '/pay': { status: 503, body: '{ "error": "no_funds" }' },
    '/count': { body: '{ "n": "many" }' },
  });
  assert.deepEqual(
    received.map(({ method, url }) => `${method} ${url}`),
    ['GET /wait', 'GET /count', 'GET /browse', 'POST /pay'],
  );
  const [buy] = summary.flows;
  assert.deepEqual([buy?.iterations, buy?.succeeded], [1, 0]);
  assert.deepEqual(
    buy?.steps.map(({ name, succeeded, durationMs }) => [name, durationMs.count, succeeded]),
    [
      ['browse', 1, 1],
      ['model', 1, 1],
      ['unknown', 0, 0],
      ['pay', 1, 0],
      ['never', 0, 0],
    ],
  );
  assert.equal(buy?.steps[1]?.durationMs.p50, 750);
  assert.deepEqual([summary.errors, summary.statuses], [1, { 200: 3, 503: 1 }]);
  assert.deepEqual(summary.contracts, { checked: 1, broken: 1 });
  assert.match(output, /GET \/count breaks its contract: \/n must be integer/);
});

test('mix() chooses requests by weight, and chooses the same requests for the same seed', async (t) => {
  const urlsOf = async () => (await runOf(t, 'mix')).received.map(({ url }) => url);
  const urls = await urlsOf();
  const count = (start: string) => urls.filter((url) => url.startsWith(start)).length;
  assert.equal(urls.length, 400);
  assert.ok(Math.abs(count('/c/') - 200) < 40, `expected about 200 requests to /c, found ${count('/c/')}`);
  assert.ok(Math.abs(count('/b/') - 150) < 40, `expected about 150 requests to /b, found ${count('/b/')}`);
  assert.equal(count('/a/'), 400 - count('/b/') - count('/c/'));
  const firstIds = urls.filter((url) => url.endsWith('/1')).length;
  assert.ok(Math.abs(firstIds - 200) < 40, `expected each id about 200 times, found ${firstIds}`);
  assert.deepEqual(await urlsOf(), urls);
});

test('VUs send every row of a dataset at most once and pause between iterations', async (t) => {
  const { received } = await runOf(t, 'rows');
  const vus = new Set(received.map(({ url }) => url));
  assert.deepEqual([...vus].sort(), ['/rows/1', '/rows/2', '/rows/3', '/rows/4']);
  const rows = received.map(({ body }) => body);
  assert.ok(
    rows.every((row) => /^row-\d+$/.test(row)),
    String(rows.slice(0, 5)),
  );
  assert.equal(new Set(rows).size, rows.length);
  // Each VU pauses at least 20 ms after an iteration.
  assert.ok(rows.length > 20 && rows.length <= 4 * (3000 / 20), `${rows.length} iterations`);
});
