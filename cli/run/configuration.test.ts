import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serve } from '../testing/environment.ts';
import { askConfiguration } from './configuration.ts';

const target = {
  healthPath: '/health',
  metricsPath: '/metrics',
  probes: [],
  configuration: { path: '/configuration', auth: { scheme: 'bearer', variable: 'ADMIN_TOKEN' } as const },
};
const env = { ADMIN_TOKEN: 'a-token' };

test('a target that is not said to tell is not asked', async () => {
  const { configuration: _, ...silent } = target;
  assert.deepEqual(await askConfiguration(silent, { url: 'http://127.0.0.1:1', env }, assert.fail), {});
});

test('names are kept, and nothing else of the answer', async (t) => {
  const url = await serve(t, ({ headers, url: path }, response) => {
    assert.equal(headers.authorization, 'Bearer a-token');
    assert.equal(path, '/configuration');
    response.end('{"required":["A_URL","B_KEY"],"missing":["B_KEY"],"values":{"A_URL":"http://x"}}');
  });
  assert.deepEqual(await askConfiguration(target, { url, env }, assert.fail), {
    configuration: { required: ['A_URL', 'B_KEY'], missing: ['B_KEY'] },
  });
});

const WRONG: [what: string, status: number, body: string, says: RegExp][] = [
  ['another status', 404, '{}', /GET \/configuration answered 404$/],
  ['no JSON', 200, 'A_KEY=secret-4711', /GET \/configuration answered something else/],
  ['no object', 200, 'null', /answered something else/],
  ['no lists', 200, '{"required":3}', /answered something else/],
  ['values', 200, '{"required":["A_KEY=secret-4711"],"missing":[]}', /answered something else/],
];
for (const [what, status, body, says] of WRONG)
  test(`${what}: noted, and without what was answered`, async (t) => {
    const url = await serve(t, (_, response) => response.writeHead(status).end(body));
    const notes: string[] = [];
    assert.deepEqual(await askConfiguration(target, { url, env }, (text) => notes.push(text)), {
      configuration: null,
    });
    assert.equal(notes.length, 1);
    assert.match(notes[0] ?? '', says);
    assert.ok(!notes[0]?.includes('secret-4711'));
  });
