import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { deadUrl } from '../cli/testing/environment.ts';
import { assertNoStack, assertRefused, assertVerdict, eventually, Sandbox } from './sandbox.ts';
import { startOpaqueProxy, startTarget, type Target } from './target.ts';

/** `deployment` runs the target; `sandbox` runs the commands. */
const deployment = new Sandbox({ outlivesTests: true });
const sandbox = new Sandbox();

const CREDENTIALS = { ADMIN_TOKEN: 'staging-token-5be1', WEBHOOK_SECRET: 'staging-key-77c0' };
let target: Target;

before(async () => {
  target = await startTarget(deployment, CREDENTIALS);
});
after(() => target?.stop());

const staging = (env: Record<string, string> = {}) => ({
  env: { TEST_ENV: 'staging', API_URL: target.url, ...CREDENTIALS, ...env },
});

test('booking/smoke is GO on staging and starts no local service', async () => {
  const started = sandbox.startRun(['smoke'], staging());
  let commands: string[] = [];
  await eventually('the end of the run', () => {
    commands = [...new Set([...commands, ...sandbox.processes().map(({ command }) => command)])];
    return !started.isRunning;
  });
  assertVerdict(await started.exit, 0, 'GO');
  assert.ok(
    commands.some((command) => /k6\S* run /.test(command)),
    'the checked processes include k6',
  );
  assert.deepEqual(
    commands.filter((command) => /postgres|reference-service\/main/.test(command)),
    [],
  );
  const { run } = sandbox.lastRun.result;
  assert.equal(run.environment, 'staging');
  assert.equal(run.target, target.url);
});

test('run names all missing variables for staging and does not start', async () => {
  const exit = await sandbox.run(['smoke'], { env: { TEST_ENV: 'staging' } });
  assertRefused(
    exit,
    2,
    /^API_URL is not set \(.*\)\. Set it to an http or https URL/m,
    /^ADMIN_TOKEN is not set \(.*\)\. Set it to a token/m,
    /^WEBHOOK_SECRET is not set \(.*\)\. Set it to a key/m,
  );
  assert.equal(exit.stderr.trim().split('\n').length, 3);
});

test('run refuses a malformed variable and shows its value and the expected format, but never a secret', async () => {
  const exit = await sandbox.run(['smoke'], staging({ API_URL: 'staging.example.com', ADMIN_TOKEN: 'not a token' }));
  assertRefused(
    exit,
    2,
    'API_URL is "staging.example.com", but it must be an http or https URL',
    'ADMIN_TOKEN is a secret of 11 characters (not shown), but it must be a token without white space.',
  );
  assert.ok(!exit.stderr.includes('not a token'));
});

const WRONG_CREDENTIALS: [variable: string, credential: string][] = [
  ['ADMIN_TOKEN', 'admin token'],
  ['WEBHOOK_SECRET', 'webhook signature'],
];

for (const [variable, credential] of WRONG_CREDENTIALS) {
  test(`run on staging refuses a wrong ${variable} before the load starts`, async () => {
    const exit = await sandbox.run(['smoke'], staging({ [variable]: 'of-another-deployment' }));
    assertRefused(exit, 2, `The target refuses the ${credential}`, `returned HTTP 401. Check ${variable}.`);
    assert.equal(sandbox.lastRunOrNull, null);
    assert.ok(!exit.stderr.includes('of-another-deployment'));
  });
}

test('run exits with 3 and names the request if the target never responds', async () => {
  const exit = await sandbox.run(['smoke'], staging({ API_URL: await deadUrl() }));
  assertRefused(exit, 3, /The target is not healthy: GET \S+\/health got no response \(.+\), for 10 s/, 'API_URL');
  assert.equal(sandbox.lastRunOrNull, null);
});

test('run refuses TEST_ENV=production without --allow-production', async () => {
  const exit = await sandbox.run(['smoke'], staging({ TEST_ENV: 'production' }));
  assertRefused(exit, 2, 'TEST_ENV=production also requires --allow-production');
});

test('run refuses a target on another host unless TEST_ENV is staging', async () => {
  const exit = await sandbox.run(['smoke'], { env: { API_URL: 'http://api.example.com' } });
  assertRefused(exit, 2, 'API_URL is "http://api.example.com", but TEST_ENV=local only allows this machine');
});

test('steps and criteria that a target does not expose do not pass', async (t) => {
  await using proxy = await startOpaqueProxy(target);

  await t.test('booking/smoke judges a flow only by the steps that the target exposes', async () => {
    const exit = await sandbox.run(['smoke'], staging({ API_URL: proxy.url }));
    assertVerdict(exit, 0, 'GO');
    const { result } = sandbox.lastRun;
    const [flow] = result.flows;
    assert.deepEqual(
      flow?.steps.map(({ name, observable }) => [name, observable]),
      [
        ['webhook-receive', true],
        ['signature-validation', false],
        ['queue-job', false],
        ['ai-processing', false],
        ['create-booking', false],
        ['send-confirmation', false],
        ['admin-retrieval', true],
      ],
    );
    assert.deepEqual(flow.failures, []);
    assert.equal(flow.iterations, 1);
    assert.equal(flow.successRate, 1);
    assert.match(exit.stdout, /ai-processing +not observable/);
    assertNoStack(exit);
  });

  await t.test('booking/smoke detects a lost booking even if an earlier run created a similar booking', async () => {
    await using lossy = await startOpaqueProxy(target, { dropsMessages: true });
    const exit = await sandbox.run(['smoke'], staging({ API_URL: lossy.url }));
    const { flows } = sandbox.lastRun.result;
    assert.deepEqual(flows[0]?.failures, [{ reason: 'admin-retrieval: booking-not-found', count: 1, share: 1 }]);
    assertVerdict(exit, 99, 'NO-GO');
  });

  await t.test(
    'booking/endurance reports NO DATA for criteria that need metrics if the target exposes no metrics',
    async () => {
      const exit = await sandbox.run(
        ['endurance', '--time-scale', '0.001', '--vus-scale', '0.5'],
        staging({ API_URL: proxy.url }),
      );
      assertVerdict(exit, 3, 'INCONCLUSIVE');
      const { result } = sandbox.lastRun;
      for (const id of ['memory-growth', 'connection-leak'])
        assert.equal(sandbox.lastRun.criterion(id).status, 'no data', id);
      assert.match(result.run.notes.join(), /no samples of the target for some time: .*\/metrics returned HTTP 404/);
    },
  );
});
