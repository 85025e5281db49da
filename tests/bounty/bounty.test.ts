import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { assertVerdict, Sandbox } from '../../e2e/sandbox.ts';

const sandbox = new Sandbox();

test('bounty/smoke covers every flow and endpoint, and all responses match their contracts', async () => {
  const exit = await sandbox.run(['bounty/smoke']);
  assertVerdict(exit, 0, 'GO');
  const { result } = sandbox.lastRun;
  assert.deepEqual(
    result.flows.map(({ name, successRate }) => [name, successRate]),
    ['core', 'health', 'admin', 'payments', 'notifications'].map((name) => [name, 1]),
  );
  for (const { name, requests } of result.endpoints) assert.ok(requests > 0, name);
  assert.equal(result.contracts.broken, 0);
  assert.deepEqual(result.cleanup?.created, { 'payment-intent': 1 });
});

describe('bounty/load', () => {
  test('reports every phase, and runs flows according to their weights', async () => {
    const exit = await sandbox.run(['bounty/load', '--time-scale', '0.01', '--vus-scale', '0.5']);
    const run = sandbox.lastRun;
    const { result } = run;
    assert.equal(result.run.outcome, 'completed', exit.stderr);
    assert.deepEqual(
      result.phases.map(({ name, requests }) => [name, requests > 0]),
      ['warm-up', 'sustained', 'peak', 'cool-down'].map((name) => [name, true]),
    );
    const share = (flow: string) =>
      (result.flows.find(({ name }) => name === flow)?.iterations ?? 0) / result.totals.iterations;
    assert.ok(share('core') > share('payments') && share('payments') > share('admin'));
    // A user sends 3.7 requests on average.
    const perUser = result.totals.requests / result.totals.iterations;
    assert.ok(perUser > 3.3 && perUser < 4.1, `${perUser} requests per user`);
    assert.equal(run.criterion('error-rate').status, 'pass');
    assert.equal(result.totals.refusals['401'], undefined);
  });

  test('is INVALID if the generator cannot deliver the load', async () => {
    const exit = await sandbox.run(['bounty/load', '--time-scale', '0.02', '--vus-scale', '0.1'], {
      env: { TARGET_FAULTS: 'cpu-burn:200' },
    });
    assertVerdict(exit, 3, 'INVALID');
    const { result } = sandbox.lastRun;
    assert.ok(result.generator.droppedIterations > 0);
    assert.match(result.verdict.reasons.join(), /load not delivered: \d+ iterations dropped/);
  });
});

test('bounty/benchmark reports a row per operation and lists the slow operations', async () => {
  await sandbox.run(['bounty/benchmark', '--time-scale', '0.05'], {
    env: { TARGET_FAULTS: 'slow-payments:300' },
  });
  const run = sandbox.lastRun;
  assert.deepEqual(
    run.result.phases.map(({ name, endpoints }) => [name, Math.max(...endpoints.map(({ requests }) => requests))]),
    [
      ['health', 10],
      ['list-bounties', 5],
      ['wallet-balance', 5],
      ['notifications', 5],
      ['analytics', 5],
      ['payment-intents', 3],
    ],
  );
  assert.deepEqual(run.result.cleanup?.created, { 'payment-intent': 3 });
  const report = run.read('report.md');
  assert.match(report, /^\| health \| GET \/health \| 10 \|/m);
  assert.match(report, /^- payment-intents: p95 .* > 200 ms, mean .* > 100 ms$/m);
});

test('doctor reports the missing accounts of the product', async () => {
  const env = { TEST_ENV: 'staging', API_URL: 'http://127.0.0.1:9' };
  const { stdout } = await sandbox.runCommand(['doctor', 'bounty'], { env });
  assert.deepEqual(
    [...stdout.matchAll(/^✗ (\w+) +not set$/gm)].map(([, name]) => name),
    ['ADMIN_TOKEN', 'TEST_ACCOUNTS', 'TEST_PASSWORD'],
  );
});
