import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { deadUrl } from '../cli/testing/environment.ts';
import { assertNoStack, assertRefused, assertVerdict, eventually, Sandbox } from './suite.ts';
import { startReticentProxy, startTarget, type Target } from './target.ts';

/** Where the target is deployed, and where it is tested from. */
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

test('smoke on staging: GO, and nothing is started locally', async () => {
  const started = sandbox.startRun(['smoke'], staging());
  let seen: string[] = [];
  await eventually('the end of the run', () => {
    seen = [...new Set([...seen, ...sandbox.processes().map(({ command }) => command)])];
    return !started.isRunning;
  });
  assertVerdict(await started.ended, 0, 'GO');
  assert.ok(
    seen.some((command) => /k6\S* run /.test(command)),
    'k6 was among the processes looked at',
  );
  assert.deepEqual(
    seen.filter((command) => /postgres|reference-service\/main/.test(command)),
    [],
  );
  const { run } = sandbox.theRun.result;
  assert.equal(run.environment, 'staging');
  assert.equal(run.target, target.url);
});

test('every variable that is missing is named at once', async () => {
  const ended = await sandbox.run(['smoke'], { env: { TEST_ENV: 'staging' } });
  assertRefused(
    ended,
    2,
    /^API_URL is not set \(.*\)\. Set it to an http or https URL/m,
    /^ADMIN_TOKEN is not set \(.*\)\. Set it to a token/m,
    /^WEBHOOK_SECRET is not set \(.*\)\. Set it to a key/m,
  );
  assert.equal(ended.stderr.trim().split('\n').length, 3);
});

test('a malformed variable is named with what it got and what it takes, secrets without their value', async () => {
  const ended = await sandbox.run(
    ['smoke'],
    staging({ API_URL: 'staging.example.com', ADMIN_TOKEN: 'not a token' }),
  );
  assertRefused(
    ended,
    2,
    'API_URL is "staging.example.com", but it must be an http or https URL',
    'ADMIN_TOKEN is a secret of 11 characters (not shown), but it must be a token without white space.',
  );
  assert.ok(!ended.stderr.includes('not a token'));
});

const WRONG: [variable: string, what: string][] = [
  ['ADMIN_TOKEN', 'admin token'],
  ['WEBHOOK_SECRET', 'webhook signature'],
];

for (const [variable, what] of WRONG) {
  test(`a wrong ${variable} is noticed before any load`, async () => {
    const ended = await sandbox.run(['smoke'], staging({ [variable]: 'of-another-deployment' }));
    assertRefused(ended, 2, `The target refuses the ${what}`, `returned HTTP 401. Check ${variable}.`);
    assert.equal(sandbox.lastRun, null);
    assert.ok(!ended.stderr.includes('of-another-deployment'));
  });
}

test('a target that never answers: exit 3, and what was tried', async () => {
  const ended = await sandbox.run(['smoke'], staging({ API_URL: await deadUrl() }));
  assertRefused(
    ended,
    3,
    /The target is not healthy: GET \S+\/health got no response \(.+\), for 10 s/,
    'API_URL',
  );
  assert.equal(sandbox.lastRun, null);
});

test('production takes a flag of its own', async () => {
  const ended = await sandbox.run(['smoke'], staging({ TEST_ENV: 'production' }));
  assertRefused(ended, 2, 'TEST_ENV=production also requires --allow-production');
});

test('a host elsewhere takes TEST_ENV=staging', async () => {
  const ended = await sandbox.run(['smoke'], { env: { API_URL: 'http://api.example.com' } });
  assertRefused(ended, 2, 'API_URL is "http://api.example.com", but TEST_ENV=local only allows this machine');
});

test('what a target does not tell is not observable, and never passes', async (t) => {
  await using proxy = await startReticentProxy(target);

  await t.test('smoke: the flow is judged by what can be seen of it', async () => {
    const ended = await sandbox.run(['smoke'], staging({ API_URL: proxy.url }));
    assertVerdict(ended, 0, 'GO');
    const { result } = sandbox.theRun;
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
    assert.match(ended.stdout, /ai-processing +not observable/);
    assertNoStack(ended);
  });

  await t.test('smoke: a booking of an earlier run is not taken for the one that never came', async () => {
    await using lossy = await startReticentProxy(target, { losesMessages: true });
    const ended = await sandbox.run(['smoke'], staging({ API_URL: lossy.url }));
    const { flows } = sandbox.theRun.result;
    assert.deepEqual(flows[0]?.failures, [
      { reason: 'admin-retrieval: booking-not-found', count: 1, share: 1 },
    ]);
    assertVerdict(ended, 99, 'NO-GO');
  });

  await t.test('endurance: criteria on the inside of the target have no data', async () => {
    const ended = await sandbox.run(
      ['endurance', '--time-scale', '0.001', '--vus-scale', '0.5'],
      staging({ API_URL: proxy.url }),
    );
    assertVerdict(ended, 3, 'INCONCLUSIVE');
    const { result } = sandbox.theRun;
    for (const id of ['memory-growth', 'connection-leak'])
      assert.equal(sandbox.theRun.criterion(id).status, 'no data', id);
    assert.match(
      result.run.notes.join(),
      /no samples of the target for some time: .*\/metrics returned HTTP 404/,
    );
  });
});
