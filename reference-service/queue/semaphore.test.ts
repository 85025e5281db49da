import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTick } from 'node:timers/promises';
import { Semaphore } from './semaphore.ts';

test('a semaphore never exceeds its limit and starts actions in order of arrival, even after an action fails', async () => {
  const semaphore = new Semaphore(() => 2);
  const order: number[] = [];
  let running = 0;
  let maxRunning = 0;
  const results = await Promise.allSettled(
    Array.from({ length: 7 }, (_, i) =>
      semaphore.run(async () => {
        order.push(i);
        maxRunning = Math.max(maxRunning, ++running);
        await nextTick();
        running--;
        if (i === 2) throw new Error('failed');
      }),
    ),
  );
  assert.equal(maxRunning, 2);
  assert.deepEqual(order, [0, 1, 2, 3, 4, 5, 6]);
  assert.equal(results.filter(({ status }) => status === 'rejected').length, 1);
});
