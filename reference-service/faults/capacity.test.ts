import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import type { HttpError } from '../http/errors.ts';
import { ServiceCapacity } from './capacity.ts';

let capacity: ServiceCapacity;
beforeEach(() => {
  capacity = new ServiceCapacity();
});

test('without the fault service-capacity, requests do not wait', async () => {
  await capacity.waitForTurn();
});

test('the fault service-capacity immediately refuses requests that would wait longer than 1 s', async () => {
  capacity.apply(10);
  const turns = await Promise.allSettled(Array.from({ length: 15 }, () => capacity.waitForTurn()));
  const refused = turns.filter(({ status }) => status === 'rejected') as PromiseRejectedResult[];
  // Of 15 requests, one is served immediately and ten wait, the last for the maximum of 1 s. The remaining four are
  // refused.
  assert.equal(refused.length, 4);
  for (const { reason } of refused) {
    const { statusCode, code } = reason as HttpError;
    assert.deepEqual([statusCode, code], [503, 'overloaded']);
  }
});

test('the fault service-capacity makes the service handle requests one after another at the given rate', async () => {
  capacity.apply(50);
  const ends: number[] = [];
  const startedAt = performance.now();
  await Promise.all(
    Array.from({ length: 5 }, () => capacity.waitForTurn().then(() => ends.push(performance.now() - startedAt))),
  );
  for (const [i, end] of ends.entries())
    assert.ok(end >= 20 * (i + 1) - 2, `request ${i + 1} was served after ${end} ms`);
});

test('requests do not wait once the service-capacity fault is removed', async () => {
  capacity.apply(1);
  await Promise.allSettled([capacity.waitForTurn(), capacity.waitForTurn()]);
  capacity.lift();
  await Promise.all(Array.from({ length: 20 }, () => capacity.waitForTurn()));
});
