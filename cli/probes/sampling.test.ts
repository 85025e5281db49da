import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { deadUrl } from '../testing/environment.ts';
import { MAX_SAMPLES, type RunSample, sampleColumns, sampleRegularly, ThinnedSamples } from './sampling.ts';

/** A sampling interval that never elapses within a test, so that samples are only taken on request. */
const NEVER_MS = 2 ** 30;

type TakeSample = () => Promise<Record<string, number | null>>;

function sampling(take: TakeSample, intervalMs = NEVER_MS) {
  const samples: RunSample[] = [];
  const silences: string[] = [];
  const sampler = sampleRegularly('target', take, intervalMs, {
    onSample: (sample) => samples.push(sample),
    onSilent: (probe, reason) => silences.push(`${probe}: ${reason}`),
  });
  return { sampler, samples, silences };
}

describe('sampleRegularly', () => {
  test('sampleRegularly takes samples until it is disposed', async () => {
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

  test('the time of a sample is the time at which the probe began to take the sample', async () => {
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

  test('if several callers request a sample at the same time, the sampler takes one sample', async () => {
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

  test('disposing the sampler waits for the sample in progress', async () => {
    const { sampler, samples } = sampling(async () => {
      await sleep(30);
      return {};
    });
    sampler.sample();
    await sampler[Symbol.asyncDispose]();
    assert.equal(samples.length, 1);
  });

  test('if several samples in a row fail, the sampler only reports the first failure', async () => {
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

  test('the sampler reports why a probe cannot connect', async () => {
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

describe('sampleColumns', () => {
  const sample = (atMs: number, values: RunSample['values']): RunSample => ({
    probe: 'target',
    atMs,
    values,
  });

  test('sampleColumns returns times relative to the start of the run, and null for missing values', () => {
    const samples = [sample(900, { a: 1 }), sample(1000, { a: 2, b: 0 }), sample(2000, { b: null })];
    assert.deepEqual(sampleColumns(samples, 1000), {
      atMs: [-100, 0, 1000],
      columns: { a: [1, 2, null], b: [null, 0, null] },
    });
  });

  test('sampleColumns returns no columns if there are no samples', () => {
    assert.deepEqual(sampleColumns([], 1000), { atMs: [], columns: {} });
  });
});

describe('samples of a long run', () => {
  const STEP_MS = 5000;
  const LOAD = { startMs: 0, endMs: 4 * MAX_SAMPLES * STEP_MS };
  const at = (atMs: number): RunSample => ({ probe: 'target', atMs, values: { counter: atMs } });
  const times = (fromMs: number, toMs: number, stepMs: number) =>
    Array.from({ length: Math.floor((toMs - fromMs) / stepMs) + 1 }, (_, i) => fromMs + i * stepMs);
  const before = times(-20_000, -1000, 1000);
  const during = times(0, LOAD.endMs, STEP_MS);
  const after = times(LOAD.endMs + 1000, LOAD.endMs + 30_000, 1000);

  /**
   * Two ways to add the samples: while the known period of the load grows, and with the whole period known from the
   * start.
   */
  const cases: Record<string, (samples: ThinnedSamples) => void> = {
    'added while the load runs': (samples) => {
      for (const atMs of [...before, ...during, ...after]) {
        samples.add(at(atMs));
        const closedMs = Math.min(Math.floor(atMs / 60_000) * 60_000, LOAD.endMs);
        samples.settle(closedMs <= 0 ? null : { startMs: LOAD.startMs, endMs: closedMs });
      }
    },
    'added after the load has ended': (samples) => {
      for (const atMs of [...before, ...during, ...after]) {
        samples.add(at(atMs));
        samples.settle(LOAD);
      }
    },
  };
  for (const [what, fill] of Object.entries(cases)) {
    test(`samples ${what} are thinned evenly during the load, but not before and after the load`, () => {
      const samples = new ThinnedSamples();
      fill(samples);
      const rows = samples.rows();
      const ofLoad = rows.filter(({ atMs }) => atMs >= LOAD.startMs && atMs <= LOAD.endMs);
      assert.deepEqual(
        rows.map(({ atMs }) => atMs),
        [...before, ...times(0, LOAD.endMs, 8 * STEP_MS), ...after],
      );
      assert.ok(ofLoad.length <= MAX_SAMPLES);
      assert.ok(rows.every(({ atMs, values }) => values.counter === atMs));
    });
  }

  test('no samples are dropped while there are few, or until the first window of the load ends', () => {
    const samples = new ThinnedSamples();
    for (const atMs of times(0, (MAX_SAMPLES - 1) * STEP_MS, STEP_MS)) samples.add(at(atMs));
    assert.equal(samples.rows().length, MAX_SAMPLES);
    samples.settle(LOAD);
    assert.equal(samples.rows().length, MAX_SAMPLES);
  });
});
