import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as soon } from 'node:timers/promises';
import { Semaphore } from './semaphore.ts';

test('no more than the limit run at once, in order of arrival, also after a failure', async () => {
  const semaphore = new Semaphore(() => 2);
  const order: number[] = [];
  let running = 0;
  let most = 0;
  const results = await Promise.allSettled(
    Array.from({ length: 7 }, (_, i) =>
      semaphore.run(async () => {
        order.push(i);
        most = Math.max(most, ++running);
        await soon();
        running--;
        if (i === 2) throw new Error('failed');
      }),
    ),
  );
  assert.equal(most, 2);
  assert.deepEqual(order, [0, 1, 2, 3, 4, 5, 6]);
  assert.equal(results.filter(({ status }) => status === 'rejected').length, 1);
});
