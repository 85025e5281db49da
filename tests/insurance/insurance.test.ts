import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Sandbox } from '../../e2e/suite.ts';
import { pointsOf, type Result, TARGET_COLUMNS, totalIncrease } from '../../lib/core/evidence/index.ts';

const sandbox = new Sandbox();

/** As many users as at full scale, each for a shorter time. */
const SHORT = ['--time-scale', '0.1'];

/** Without the hold of a unit of work, which is what the pool is about and the bursts are not. */
const QUICK = { DB_QUERY_HOLD_MS: '50' };

const statusOf = ({ criteria }: Result, id: string) => criteria.find((one) => one.id === id)?.status;

async function runOf(name: string, env: Record<string, string> = QUICK): Promise<Result> {
  await sandbox.run([`insurance/${name}`, ...SHORT], { env });
  return sandbox.theRun.result;
}

test('agents at the same instant: what is acknowledged is there, and who asks too often is refused', async () => {
  const result = await runOf('agents');
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
  assert.match(sandbox.theRun.text('report.md'), /^\| fifth \| .* \| 20 \| 20 \| [\d.]+ ms \|$/m);
  assert.equal(result.totals.errors, 0);
  assert.deepEqual(
    result.phases.map(({ refusals }) => refusals[429] ?? 0),
    [0, 0, 0, 0, 0, 20],
    'the limit of five a minute, for each agent',
  );
  assert.equal(statusOf(result, 'nothing-lost'), 'pass');
  assert.ok(!result.diagnosis.some(({ cause }) => cause === 'records-damaged'));
  assert.equal(totalIncrease(pointsOf(result.resources.target, TARGET_COLUMNS.deadlocks)), 0);
});

test('torn transactions are told as lost and half-written records, though every answer was right', async () => {
  const result = await runOf('smoke', { ...QUICK, TARGET_FAULTS: 'torn-transaction:1' });
  assert.equal(result.totals.errors, 0, 'no answer tells of it');
  const nothing = { acknowledged: 1, complete: 0, incomplete: 0, duplicates: 0, lost: 1 };
  const half = { ...nothing, incomplete: 1, lost: 0 };
  assert.deepEqual(result.ledger, {
    agent: { ...nothing, endpoints: ['POST /api/agents'] },
    member: { ...half, endpoints: ['POST /api/members'] },
    claim: { ...nothing, endpoints: ['POST /api/claims'] },
  });
  const [diagnosis] = result.diagnosis;
  assert.equal(diagnosis?.cause, 'records-damaged');
  assert.deepEqual(diagnosis.explains, ['nothing-lost']);
  assert.equal(diagnosis.evidence[0]?.text, 'POST /api/agents: of 1 acknowledged record (agent), 1 missing');
  assert.equal(statusOf(result, 'nothing-lost'), 'fail');
  assert.equal(result.verdict.decision, 'NO_GO');
  assert.match(
    sandbox.theRun.text('report.md'),
    /Some acknowledged records are lost, incomplete or duplicated/,
  );
});

test('the email provider goes and comes back: degraded answers, no errors, and the breaker is told of', async () => {
  // Phases of few seconds: less than what opossum takes to try again.
  await sandbox.run(['insurance/circuit-breaker', '--time-scale', '0.2'], { env: QUICK });
  const { result } = sandbox.theRun;
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
  assert.match(sandbox.theRun.text('report.md'), /## Circuit breakers/);
});
