import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SUITE_VARIABLES, type TestPlan } from '../lib/core/definition/index.ts';
import { addProduct, addTest, Checkout } from './checkout.ts';
import { assertNoStack, assertRefused, ROOT, Sandbox } from './sandbox.ts';

const sandbox = new Sandbox();

const CRITERIA: Record<string, string[]> = {
  baseline: ['p95', 'error-rate', 'restarts'],
  'business-flow': ['booking-success', 'booking-mean', 'booking-p95'],
  endurance: ['error-rate', 'memory-growth', 'connection-leak', 'drift', 'restarts'],
  peak: ['p95', 'error-rate', 'timeouts', 'restarts'],
  smoke: ['failed-checks', 'contracts'],
  spike: ['p95@spike-up+spike', 'error-rate@spike-up+spike', 'recovery-time', 'restarts'],
};

test('list --json prints every test with its criteria', async () => {
  const { code, stdout } = await sandbox.runCommand(['list', '--json']);
  assert.equal(code, 0);
  const plans: TestPlan[] = JSON.parse(stdout);
  const booking = plans.filter(({ product }) => product === 'booking');
  assert.deepEqual(
    Object.fromEntries(booking.map(({ test: name, criteria }) => [name, criteria.map(({ id }) => id)])),
    CRITERIA,
  );
});

test('list prints every test with its workload and criteria', async () => {
  const { code, stdout } = await sandbox.runCommand(['list'], { launcher: true });
  assert.equal(code, 0);
  for (const name of Object.keys(CRITERIA)) assert.match(stdout, new RegExp(`^booking/${name}  `, 'm'));
  assert.match(stdout, /^ {4}p95 response time < 400 ms$/m);
  assert.match(stdout, /^ {4}closed model, up to 500 VUs, ramp-up 1m, hold 5m, ramp-down 1m$/m);
});

test('--help of every command shows examples', async () => {
  const program = await sandbox.runCommand(['--help']);
  assert.equal(program.code, 0);
  const commands = [...program.stdout.matchAll(/^ {2}(\w+)(?: \[.*?\])?(?: <.*?>)? {2,}\w/gm)].map(([, name]) => name);
  assert.ok(commands.length >= 4, program.stdout);
  for (const name of commands) {
    if (name === 'help') continue;
    const { code, stdout } = await sandbox.runCommand([name as string, '--help']);
    assert.equal(code, 0);
    assert.match(stdout, /^Examples:\n {2}\S/m, name);
  }
});

test('doctor reports success if everything is installed and configured', async () => {
  const { code, stdout, stderr } = await sandbox.runCommand(['doctor']);
  assert.equal(code, 0, stdout + stderr);
  for (const check of ['Node', 'k6', 'PostgreSQL', 'Open files', 'Results'])
    assert.match(stdout, new RegExp(`^✓ ${check} `, 'm'));
  assert.match(stdout, /^Ready: npm run test:smoke$/m);
});

test('doctor lists every problem and how to fix each problem', async () => {
  const exit = await sandbox.runCommand(['doctor'], {
    env: {
      TEST_ENV: 'staging',
      API_URL: 'http://127.0.0.1:9',
      WEBHOOK_SECRET: 'two words',
      K6_BIN: '/no/such/k6',
      TIME_SCALE: '0',
    },
  });
  assert.equal(exit.code, 2);
  assertNoStack(exit);
  const { stdout } = exit;
  assert.match(stdout, /^✗ k6 .*\/no\/such\/k6.*\n {4}Correct K6_BIN or unset it\.$/m);
  assert.match(stdout, /^✗ ADMIN_TOKEN +not set\n {4}ADMIN_TOKEN is not set \(.*\)\. Set it to a token/m);
  assert.match(stdout, /^✗ WEBHOOK_SECRET +malformed\n {4}WEBHOOK_SECRET is a secret of 9 characters \(not shown/m);
  assert.match(stdout, /^✗ TIME_SCALE +malformed\n {4}TIME_SCALE is "0", but it must be a number above 0/m);
  assert.match(stdout, /^✗ Target +http:\/\/127\.0\.0\.1:9\/health is not reachable/m);
  assert.match(stdout, /^5 problems to fix\.$/m);
  assert.ok(!stdout.includes('two words'), 'a secret is not shown');
});

test('doctor only requires the variables of the selected product', async () => {
  const checkout = new Checkout(sandbox);
  addProduct(checkout);
  addTest(checkout, 'smoke', {});
  const missing = async (product: string[], root = ROOT) => {
    const env = { TEST_ENV: 'staging', API_URL: 'http://127.0.0.1:9' };
    const { stdout } = await sandbox.runCommand(['doctor', ...product], { env, root });
    return [...stdout.matchAll(/^✗ (\w+) +not set$/gm)].map(([, name]) => name);
  };
  assert.deepEqual(await missing([]), ['ADMIN_TOKEN', 'WEBHOOK_SECRET']);
  assert.deepEqual(await missing(['fixture'], checkout.root), []);
  assertRefused(await sandbox.runCommand(['doctor', 'shop']), 2, 'There is no product named shop.');
});

const USAGE_ERRORS: [mistake: string, args: string[], ...messages: (string | RegExp)[]][] = [
  ['an unknown test', ['run', 'peek'], 'There is no test named peek. Did you mean booking/peak?', 'booking/spike'],
  [
    'an unknown product',
    ['run', 'shop/peak'],
    'There is no test named shop/peak.',
    'Available tests: booking/baseline',
  ],
  ['a missing test', ['run'], "missing required argument 'test'"],
  ['an unknown option', ['run', 'smoke', '--dashbord'], "unknown option '--dashbord'", 'Did you mean --dashboard?'],
  ['an unknown command', ['rnu'], "unknown command 'rnu'", 'Did you mean run?'],
  [
    'a malformed factor',
    ['run', 'smoke', '--time-scale', 'half'],
    `TIME_SCALE is "half", but it must be ${SUITE_VARIABLES.TIME_SCALE.expects}.`,
  ],
  ['a malformed seed', ['run', 'smoke', '--seed', '-1'], 'SEED is "-1", but it must be a whole number.'],
  ['a malformed label', ['run', 'smoke', '--label', 'fast'], 'Expected key=value, such as instance=t3.medium.'],
];

for (const [mistake, args, ...messages] of USAGE_ERRORS) {
  test(`the CLI refuses ${mistake} and suggests a correction`, async () => {
    assertRefused(await sandbox.runCommand(args), 2, ...messages);
  });
}

test('run refuses an unknown TEST_ENV and lists the allowed values', async () => {
  const exit = await sandbox.runCommand(['run', 'smoke'], { env: { TEST_ENV: 'stage' } });
  assertRefused(exit, 2, 'TEST_ENV is "stage", but it must be local, staging or production.');
});

test('the launcher passes on the output and exit code of the CLI', async () => {
  assertRefused(
    await sandbox.runCommand(['run', 'peek'], { launcher: true }),
    2,
    'There is no test named peek. Did you mean booking/peak?',
  );
});
