import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import type { HttpError } from '../http/errors.ts';
import { ServiceCapacity } from './capacity.ts';

let capacity: ServiceCapacity;
beforeEach(() => {
  capacity = new ServiceCapacity();
});

test('without a limit nobody waits', async () => {
  await capacity.waitForTurn();
});

test('takes as many as can be served within the longest wait, and refuses the others at once', async () => {
  capacity.apply(10);
  const turns = await Promise.allSettled(Array.from({ length: 15 }, () => capacity.waitForTurn()));
  const refused = turns.filter(({ status }) => status === 'rejected') as PromiseRejectedResult[];
  // One is served, and ten wait a tenth of a second each.
  assert.equal(refused.length, 4);
  for (const { reason } of refused) {
    const { statusCode, code } = reason as HttpError;
    assert.deepEqual([statusCode, code], [503, 'overloaded']);
  }
});

test('serves one after the other', async () => {
  capacity.apply(50);
  const ends: number[] = [];
  const startedAt = performance.now();
  await Promise.all(
    Array.from({ length: 5 }, () =>
      capacity.waitForTurn().then(() => ends.push(performance.now() - startedAt)),
    ),
  );
  for (const [i, end] of ends.entries())
    assert.ok(end >= 20 * (i + 1) - 2, `number ${i + 1} was served after ${end} ms`);
});

test('lifted, it holds nobody back any more', async () => {
  capacity.apply(1);
  await Promise.allSettled([capacity.waitForTurn(), capacity.waitForTurn()]);
  capacity.lift();
  await Promise.all(Array.from({ length: 20 }, () => capacity.waitForTurn()));
});
