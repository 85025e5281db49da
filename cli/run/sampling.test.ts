import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { deadUrl } from '../testing.ts';
import { columnsOf, type RunSample, sampleRegularly } from './sampling.ts';

/** So rarely that a test which asks for its samples itself gets no other ones. */
const NEVER_MS = 2 ** 30;

type Take = () => Promise<Record<string, number | null>>;

function sampling(take: Take, intervalMs = NEVER_MS) {
  const samples: RunSample[] = [];
  const silences: string[] = [];
  const sampler = sampleRegularly('target', take, intervalMs, {
    onSample: (sample) => samples.push(sample),
    onSilent: (probe, reason) => silences.push(`${probe}: ${reason}`),
  });
  return { sampler, samples, silences };
}

describe('samples at even intervals', () => {
  test('are taken again and again, until it is disposed', async () => {
    let taken = 0;
    let enough = () => {};
    const three = new Promise<void>((resolve) => {
      enough = resolve;
    });
    const { sampler, samples } = sampling(async () => {
      if (++taken === 3) enough();
      return { value: taken };
    }, 5);
    await three;
    await sampler[Symbol.asyncDispose]();
    await sleep(50);
    assert.equal(taken, 3);
    assert.deepEqual(
      samples.map(({ probe, values }) => ({ probe, values })),
      [1, 2, 3].map((value) => ({ probe: 'target', values: { value } })),
    );
  });

  test('are of the moment at which they were begun', async () => {
    const { sampler, samples } = sampling(async () => {
      await sleep(50);
      return {};
    });
    const before = Date.now();
    const sample = sampler.sample();
    const begun = Date.now();
    await sample;
    await sampler[Symbol.asyncDispose]();
    const [{ atMs } = assert.fail()] = samples;
    assert.ok(before <= atMs && atMs <= begun);
  });

  test('are one at a time: who asks meanwhile gets the one that is on its way', async () => {
    let taken = 0;
    const { sampler, samples } = sampling(async () => {
      taken += 1;
      await sleep(10);
      return {};
    });
    await Promise.all([sampler.sample(), sampler.sample()]);
    assert.equal(taken, 1);
    await sampler.sample();
    assert.equal(taken, 2);
    assert.equal(samples.length, 2);
    await sampler[Symbol.asyncDispose]();
  });

  test('do not arrive any more once it is disposed: one that is on its way is waited for', async () => {
    const { sampler, samples } = sampling(async () => {
      await sleep(30);
      return {};
    });
    sampler.sample();
    await sampler[Symbol.asyncDispose]();
    assert.equal(samples.length, 1);
  });

  test('that fail say so once until one works again, and leave no sample', async () => {
    const outcomes = ['busy', 'busy', null, 'gone', 'gone'];
    const { sampler, samples, silences } = sampling(async () => {
      const reason = outcomes.shift();
      if (reason) throw new Error(reason);
      return { value: 1 };
    });
    while (outcomes.length > 0) await sampler.sample();
    await sampler[Symbol.asyncDispose]();
    assert.deepEqual(silences, ['target: busy', 'target: gone']);
    assert.equal(samples.length, 1);
  });

  test('that find nobody say why', async () => {
    const url = await deadUrl();
    const { sampler, silences } = sampling(async () => {
      await fetch(url);
      return {};
    });
    await sampler.sample();
    await sampler[Symbol.asyncDispose]();
    assert.deepEqual(silences, ['target: ECONNREFUSED']);
  });
});

describe('columns', () => {
  const sample = (atMs: number, values: RunSample['values']): RunSample => ({
    probe: 'target',
    atMs,
    values,
  });

  test('are in time from the start of the run, with null where a sample lacks one', () => {
    const samples = [sample(900, { a: 1 }), sample(1000, { a: 2, b: 0 }), sample(2000, { b: null })];
    assert.deepEqual(columnsOf(samples, 1000), {
      atMs: [-100, 0, 1000],
      columns: { a: [1, 2, null], b: [null, 0, null] },
    });
  });

  test('of no sample are none', () => {
    assert.deepEqual(columnsOf([], 1000), { atMs: [], columns: {} });
  });
});
