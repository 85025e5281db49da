import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Sandbox } from '../../e2e/sandbox.ts';
import { pointsOf, type Result, TARGET_COLUMNS, totalIncrease } from '../../lib/core/evidence/index.ts';

const sandbox = new Sandbox();

/** The full number of users for a shorter time. */
const SHORT = ['--time-scale', '0.1'];

/** Queries hold connections only briefly. The default hold matters for the pool test, but not for bursts. */
const SHORT_HOLD = { DB_QUERY_HOLD_MS: '50' };

const statusOf = ({ criteria }: Result, id: string) => criteria.find((criterion) => criterion.id === id)?.status;

async function runTest(name: string, env: Record<string, string> = SHORT_HOLD): Promise<Result> {
  await sandbox.run([`insurance/${name}`, ...SHORT], { env });
  return sandbox.lastRun.result;
}

test('insurance/agents keeps every acknowledged record and sees refusals above the rate limit', async () => {
  const result = await runTest('agents');
  assert.deepEqual(result.ledger, {
    agent: {
      acknowledged: 100,
      complete: 100,
      incomplete: 0,
      duplicates: 0,
      lost: 0,
      endpoints: ['POST /api/agents'],
    },
  });
  assert.deepEqual(
    result.bursts.map(({ vus, began }) => [vus, began]),
    Array.from({ length: 6 }, () => [20, 20]),
  );
  assert.match(sandbox.lastRun.read('report.md'), /^\| fifth \| .* \| 20 \| 20 \| [\d.]+ ms \|$/m);
  assert.equal(result.totals.errors, 0);
  assert.deepEqual(
    result.phases.map(({ refusals }) => refusals[429] ?? 0),
    [0, 0, 0, 0, 0, 20],
    'five requests per minute and agent are allowed',
  );
  assert.equal(statusOf(result, 'nothing-lost'), 'pass');
  assert.ok(!result.diagnosis.some(({ cause }) => cause === 'records-damaged'));
  assert.equal(totalIncrease(pointsOf(result.resources.target, TARGET_COLUMNS.deadlocks)), 0);
});

test('insurance/smoke reports torn transactions as lost and incomplete records, although all responses are successful', async () => {
  const result = await runTest('smoke', { ...SHORT_HOLD, TARGET_FAULTS: 'torn-transaction:1' });
  assert.equal(result.totals.errors, 0, 'no response shows an error');
  assert.deepEqual(result.contracts, { share: 1, checked: 5, broken: 0 });
  const lost = { acknowledged: 1, complete: 0, incomplete: 0, duplicates: 0, lost: 1 };
  const incomplete = { ...lost, incomplete: 1, lost: 0 };
  assert.deepEqual(result.ledger, {
    agent: { ...lost, endpoints: ['POST /api/agents'] },
    member: { ...incomplete, endpoints: ['POST /api/members'] },
    claim: { ...lost, endpoints: ['POST /api/claims'] },
  });
  const [diagnosis] = result.diagnosis;
  assert.equal(diagnosis?.cause, 'records-damaged');
  assert.deepEqual(diagnosis.explains, ['nothing-lost']);
  assert.equal(diagnosis.evidence[0]?.text, 'POST /api/agents: of 1 acknowledged record (agent), 1 missing');
  assert.equal(statusOf(result, 'nothing-lost'), 'fail');
  assert.equal(result.verdict.decision, 'NO_GO');
  assert.match(sandbox.lastRun.read('report.md'), /Some acknowledged records are lost, incomplete or duplicated/);
});

test('insurance/circuit-breaker sees degraded responses without errors, and reports that the breaker opens and closes', async () => {
  // The phases are shorter than the time after which opossum tries again, so the verdict is not checked.
  await sandbox.run(['insurance/circuit-breaker', '--time-scale', '0.2'], { env: SHORT_HOLD });
  const { result } = sandbox.lastRun;
  assert.equal(result.totals.errors, 0);
  const degraded = Object.fromEntries(result.phases.map(({ name, degraded }) => [name, degraded]));
  assert.ok((degraded.outage ?? 0) > (degraded.before ?? 0), JSON.stringify(degraded));
  const states = pointsOf(result.resources.target, TARGET_COLUMNS.circuitBreakerState);
  assert.ok(
    states.some(({ value }) => value === 2),
    'open',
  );
  assert.equal(states.at(-1)?.value, 0, 'closed at the end');
  assert.equal(statusOf(result, 'nothing-lost'), 'pass');
  assert.match(sandbox.lastRun.read('report.md'), /## Circuit breakers/);
});
