import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Sandbox } from '../../e2e/sandbox.ts';

const sandbox = new Sandbox();

test('bounty/stress finds the breaking point of a service with a fixed capacity and diagnoses the overload', async () => {
  const capacity = 60;
  await sandbox.run(['bounty/stress', '--time-scale', '0.04', '--vus-scale', '0.1'], {
    env: { TARGET_FAULTS: `service-capacity:${capacity}` },
  });
  const run = sandbox.lastRun;
  const { value, status, note } = run.criterion('breaking-point');
  assert.equal(status, 'fail', 'the criterion requires 500 per second');
  assert.ok(value !== null && Math.abs(value - capacity) <= 0.2 * capacity, `${value} of ${capacity}/s`);
  assert.match(note ?? '', /limit exceeded from .*; degrades gracefully: .* 0 requests without a response$/);
  assert.equal(run.result.generator.droppedIterations, 0);
  assert.notEqual(run.criterion('recovery-time').value, null);
  const [diagnosis] = run.result.diagnosis;
  assert.equal(diagnosis?.cause, 'service-overloaded', JSON.stringify(run.result.diagnosis));
  assert.match(diagnosis.evidence[0]?.text ?? '', /report an overload \(overloaded\)/);
});
