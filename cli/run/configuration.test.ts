import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serve } from '../testing/environment.ts';
import { readTargetConfiguration } from './configuration.ts';

const target = {
  healthPath: '/health',
  metricsPath: '/metrics',
  probes: [],
  configuration: { path: '/configuration', auth: { scheme: 'bearer', variable: 'ADMIN_TOKEN' } as const },
};
const env = { ADMIN_TOKEN: 'a-token' };

test('readTargetConfiguration sends no request if the product declares no configuration path', async () => {
  const { configuration: _, ...targetWithoutPath } = target;
  assert.deepEqual(
    await readTargetConfiguration(targetWithoutPath, { url: 'http://127.0.0.1:1', env }, assert.fail),
    {},
  );
});

test('readTargetConfiguration returns the names of missing variables, and drops all other content', async (t) => {
  const url = await serve(t, ({ headers, url: path }, response) => {
    assert.equal(headers.authorization, 'Bearer a-token');
    assert.equal(path, '/configuration');
    response.end('{"required":["A_URL","B_KEY"],"missing":["B_KEY"],"values":{"A_URL":"http://x"}}');
  });
  assert.deepEqual(await readTargetConfiguration(target, { url, env }, assert.fail), {
    configuration: { required: ['A_URL', 'B_KEY'], missing: ['B_KEY'] },
  });
});

const WRONG_RESPONSES: [description: string, status: number, body: string, says: RegExp][] = [
  ['an error status', 404, '{}', /GET \/configuration returned HTTP 404$/],
  ['text that is not JSON', 200, 'A_KEY=secret-4711', /GET \/configuration did not return \{/],
  ['null as its body', 200, 'null', /did not return/],
  ['a number in place of a list', 200, '{"required":3}', /did not return/],
  ['values of variables', 200, '{"required":["A_KEY=secret-4711"],"missing":[]}', /did not return/],
];
for (const [what, status, body, says] of WRONG_RESPONSES)
  test(`if the configuration response has ${what}, a note is added that does not quote the response`, async (t) => {
    const url = await serve(t, (_, response) => response.writeHead(status).end(body));
    const notes: string[] = [];
    assert.deepEqual(await readTargetConfiguration(target, { url, env }, (text) => notes.push(text)), {
      configuration: null,
    });
    assert.equal(notes.length, 1);
    assert.match(notes[0] ?? '', says);
    assert.ok(!notes[0]?.includes('secret-4711'));
  });
