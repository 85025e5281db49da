import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { before, test } from 'node:test';
import { serve } from '../cli/testing/environment.ts';
import type { VariableDeclaration } from '../lib/core/definition/index.ts';
import { addProductTests, addTest, Checkout } from './checkout.ts';
import { assertNoStack, assertRefused, assertVerdict, type CommandOptions, Sandbox } from './sandbox.ts';

const sandbox = new Sandbox();
let checkout: Checkout;

const VARIABLES: Record<string, VariableDeclaration> = {
  FIXTURE_KEY: { kind: 'secret', description: 'key of the fixture', local: 'local-key' },
  FIXTURE_CODE: { kind: 'pattern', pattern: 'F\\d+', description: 'code of the fixture', local: 'F1' },
  FIXTURE_SHOPS: { kind: 'ids', description: 'shops that receive traffic', default: '1-3' },
};
const KEY = 'key-4c1f90ab77';

/** Adds the folder of the product and nothing else, so that only product.ts declares its variables. */
before(() => {
  checkout = new Checkout(sandbox);
  addProductTests(checkout, VARIABLES);
  addTest(checkout, 'smoke', {
    top: `import { bearer, endpoint } from 'load-suite';
import { variables } from './product.ts';

const readShop = endpoint('GET /shops/:id', { auth: bearer(variables.FIXTURE_KEY), has: 'id' });`,
    iterate: `for (const id of variables.FIXTURE_SHOPS.value) readShop.call(id);
      console.warn('sent with ' + variables.FIXTURE_KEY.value + ' to ' + variables.FIXTURE_CODE.value);`,
  });
});

const staging = (env: Record<string, string>): CommandOptions => ({
  root: checkout.root,
  env: { TEST_ENV: 'staging', ...env },
});

test('doctor shows which variables of a product are valid and which are malformed', async () => {
  const API_URL = 'http://127.0.0.1:9';
  const env = { API_URL, FIXTURE_KEY: 'two words', FIXTURE_CODE: '12' };
  const exit = await sandbox.runCommand(['doctor', 'fixture'], staging(env));
  assertNoStack(exit);
  const { stdout } = exit;
  assert.match(stdout, /^✗ FIXTURE_KEY +malformed\n {4}FIXTURE_KEY is a secret of 9 characters \(not shown/m);
  assert.match(stdout, /^✗ FIXTURE_CODE +malformed\n {4}FIXTURE_CODE is "12", but it must be text that matches F/m);
  assert.match(stdout, /^✓ FIXTURE_SHOPS +1-3 \(default\)$/m);
  assert.doesNotMatch(stdout, /ADMIN_TOKEN|two words/);
});

test('run names all missing variables of a product and does not start', async () => {
  const exit = await sandbox.run(['fixture/smoke'], staging({ API_URL: 'http://127.0.0.1:9' }));
  assertRefused(
    exit,
    2,
    /^FIXTURE_KEY is not set \(key of the fixture\)\. Set it to text without whitespace\.$/m,
    /^FIXTURE_CODE is not set \(code of the fixture\)\. Set it to text that matches F\\d\+\.$/m,
  );
});

test('run passes the variables of a product to the test and writes no secret to a file', async (t) => {
  const requests: string[] = [];
  const API_URL = await serve(t, ({ url, headers }, response) => {
    if (url?.startsWith('/shops/')) requests.push(`${url} ${headers.authorization}`);
    response.end('{ "id": 1 }');
  });
  const env = { API_URL, FIXTURE_KEY: KEY, FIXTURE_CODE: 'F7' };
  const exit = await sandbox.run(['fixture/smoke'], staging(env));
  assertVerdict(exit, 0, 'GO');
  assert.deepEqual(
    requests,
    [1, 2, 3].map((id) => `/shops/${id} Bearer ${KEY}`),
  );
  const run = sandbox.lastRun;
  assert.match(run.result.run.notes.join('\n'), /sent with \[FIXTURE_KEY\] to F7/);
  for (const name of readdirSync(run.folder)) assert.ok(!run.read(name).includes(KEY), name);
  assert.ok(!(exit.stdout + exit.stderr).includes(KEY));
});

test('ab refuses to use a secret variable of a product as a setting', async () => {
  const exit = await sandbox.runCommand(
    ['ab', 'fixture/smoke', '--a', 'FIXTURE_SHOPS=1', '--b', `FIXTURE_KEY=${KEY}`],
    staging({ API_URL: 'http://127.0.0.1:9' }),
  );
  assertRefused(exit, 2, 'FIXTURE_KEY is a secret');
  assert.ok(!exit.stderr.includes(KEY));
});

test('the docs generator adds the variables of a product to docs and workflows', async () => {
  const generate = (...args: string[]) =>
    sandbox.spawn(process.execPath, [path.join('tools', 'docs', 'generate.ts'), ...args], {
      cwd: checkout.root,
    }).exit;
  checkout.initRepository();
  const stale = await generate('--check');
  assert.equal(stale.code, 1, stale.stderr);
  assert.match(stale.stderr, /^Out of date: \.github\/workflows\/run-test\.yml, docs\/reference\/variables\.md\./m);
  assert.equal((await generate()).code, 0);
  assert.equal((await generate('--check')).code, 0);
  assert.match(
    checkout.read('docs/reference/variables.md'),
    /^### fixture\n\n.*\n.*\n\| `FIXTURE_KEY` \| key of the fixture; secret \| .* \| local: `local-key`; elsewhere required \|$/m,
  );
  const workflow = checkout.read('.github/workflows/run-test.yml');
  assert.match(workflow, /^ {6}FIXTURE_KEY:\n {8}required: false$/m);
  assert.match(workflow, /^ {10}FIXTURE_KEY: \$\{\{ secrets\.FIXTURE_KEY \}\}$/m);
  assert.match(workflow, /^ {10}FIXTURE_SHOPS: \$\{\{ vars\.FIXTURE_SHOPS \}\}$/m);
});

test('run refuses a product that declares a reserved variable', async () => {
  const reserved = new Checkout(sandbox, 'reserved');
  addProductTests(reserved, { K6_TOKEN: { kind: 'secret', description: 'a fixture', local: 'x' } });
  addTest(reserved, 'smoke', {});
  const reason =
    /K6_TOKEN cannot be a variable of a product: load-suite, or a program that it starts, already uses this name/;
  const options = { root: reserved.root, env: { TEST_ENV: 'staging', API_URL: 'http://127.0.0.1:9' } };
  assertRefused(await sandbox.run(['fixture/smoke'], options), 2, reason);
  assertRefused(await sandbox.runCommand(['doctor', 'fixture'], options), 2, reason);
});
