import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  memoryGrowthBelow,
  memorySlopeBelow,
  noConnectionLeak,
  noRestarts,
  type Phase,
} from '../../definition/index.ts';
import { type Evidence, PM2_COLUMNS, TARGET_COLUMNS } from '../../evidence/index.ts';
import { seededRandom } from '../../numbers/index.ts';
import { evidenceOf, instants, phasesWithLengths, repeat, samplesOf, testJudgments } from '../../testing/evidence.ts';
import { judgeCriterion } from '../judge.ts';
import { measureCriterion } from '../measures.ts';

const MB = 1024 * 1024;

const hold = phasesWithLengths({ 'ramp-up': 60_000, hold: 1_800_000, 'ramp-down': 60_000 });
const holdRun = { workload: { ...evidenceOf().run.workload, phases: hold }, durationMs: 1_920_000 };
const holdPhase = hold[1] as Phase;
const warmUntilMs = holdPhase.startMs + (holdPhase.endMs - holdPhase.startMs) / 3;

describe('memory growth', () => {
  const SAMPLE_MS = 5000;
  type Bytes = (atMs: number) => number | null;
  /** Garbage between collections, in addition to the memory that remains after a collection. */
  const sawtooth = (atMs: number) => 40 * MB * ((atMs % 45_000) / 45_000);
  const noise = seededRandom(8);
  const noisy = Array.from({ length: 1000 }, () => noise() * 2 * MB);

  function target(
    heap: Bytes,
    external: Bytes = () => 5 * MB,
    atMs = instants(0, holdPhase.endMs + 60_000, SAMPLE_MS),
  ): Evidence {
    const samples = samplesOf(atMs, {
      [TARGET_COLUMNS.heapUsedBytes]: (at) => {
        const bytes = heap(at);
        return bytes === null ? null : bytes + sawtooth(at) + (noisy[Math.round(at / SAMPLE_MS) % 1000] ?? 0);
      },
      [TARGET_COLUMNS.externalBytes]: external,
    });
    return evidenceOf({ run: holdRun, resources: { target: samples } });
  }
  /** Linear growth from the end of the warm-up to the end of the phase. */
  const growing = (bytes: number) => (atMs: number) =>
    50 * MB + bytes * Math.max(0, (atMs - warmUntilMs) / (holdPhase.endMs - warmUntilMs));
  const flat = growing(0);
  /** The given number of sample times, starting at the end of the warm-up. */
  const few = (count: number) => instants(warmUntilMs, warmUntilMs + count * SAMPLE_MS, SAMPLE_MS);

  testJudgments(test, memoryGrowthBelow(100, 'hold'), [
    ['flat with sawtooth noise', target(flat), 'pass'],
    ['a small leak', target(growing(80 * MB)), 'pass'],
    ['a leak close to the limit', target(growing(100 * MB)), 'inconclusive'],
    ['a leak in the heap', target(growing(130 * MB)), 'fail'],
    ['a leak in external memory', target(flat, growing(130 * MB)), 'fail'],
    ['a leak in both heap and external memory', target(growing(65 * MB), growing(65 * MB)), 'fail'],
    ['memory that shrinks', target(growing(-40 * MB)), 'pass'],
    ['growth that stops with the warm-up', target((at) => 50 * MB + 500 * MB * Math.min(1, at / warmUntilMs)), 'pass'],
    ['growth after the phase', target((at) => (at > holdPhase.endMs ? 900 * MB : 50 * MB)), 'pass'],
    // Three minutes of samples are too short to extrapolate reliably to twenty minutes.
    ['the minimum number of samples', target(flat, () => 0, few(36)), 'inconclusive'],
    ['too few samples after the warm-up', target(flat, () => 0, few(35)), 'no data', null],
    ['only samples from the warm-up', target(flat, () => 0, instants(0, warmUntilMs, 1000)), 'no data', null],
    ['a target that does not report its heap', target(() => null), 'no data', null],
    ['a target without metrics', evidenceOf({ run: holdRun }), 'no data', null],
  ]);
  testJudgments(test, memoryGrowthBelow(100, 'no-such-phase'), [
    ['no phase with this name', target(flat), 'no data', null],
  ]);

  test('the memory growth is measured from the end of the warm-up to the end of the phase', () => {
    const { value, interval } = measureCriterion(target(growing(130 * MB)), memoryGrowthBelow(100, 'hold'));
    assert.ok(value !== null && Math.abs(value / MB - 130) < 10, `${value}`);
    assert.ok(interval && interval.low <= 130 * MB && 130 * MB <= interval.high);
  });

  test('the note of the memory growth has the number of samples if there are too few', () => {
    const { samples, note } = judgeCriterion(
      target(flat, () => 0, few(35)),
      memoryGrowthBelow(100, 'hold'),
    );
    assert.equal(samples, 35);
    assert.equal(note, 'too few samples of the heap after warm-up');
  });
});

describe('unreturned connections', () => {
  /** Connections in use: before the load, under it, and in the samples after it. */
  const pool = (before: (number | null)[], after: (number | null)[]) => {
    const active = [...before, 20, 20, ...after];
    const atMs = [
      ...before.map((_, i) => i - before.length + 1),
      10_000,
      60_000,
      ...after.map((_, i) => 61_000 + i * 1000),
    ];
    const columns = { [TARGET_COLUMNS.connectionsActive]: active };
    return evidenceOf({ resources: { target: { atMs, columns } } });
  };
  testJudgments(test, noConnectionLeak(), [
    ['all connections returned', pool([0], [0]), 'pass', 0],
    ['all connections returned after a while', pool([1], [5, 3, 1]), 'pass', 0],
    ['one connection not returned', pool([0], [3, 1, 1]), 'fail', 1],
    ['no connection returned', pool([2], [20, 20]), 'fail', 18],
    ['fewer connections than before', pool([3], [1]), 'pass', 0],
    ['one more than the minimum before the load', pool([4, 1], [2, 2]), 'fail', 1],
    ['no samples after the load', pool([0], []), 'no data', null],
    ['no samples before the load', pool([], [0]), 'no data', null],
    ['no values after the load', pool([0], [null, null]), 'no data', null],
    ['a target without metrics', evidenceOf(), 'no data', null],
  ]);
});

describe('memory slope', () => {
  const SAMPLE_MS = 5000;
  const noise = seededRandom(4);
  /** Memory in MB at every five minutes from the start of the phase, interpolated linearly. */
  const withLevels = (levels: readonly number[], { noiseMB = 20 } = {}) => {
    const atMs = instants(holdPhase.startMs, holdPhase.endMs, SAMPLE_MS);
    const levelAt = (at: number) => {
      const place = (at - holdPhase.startMs) / 300_000;
      const before = levels[Math.floor(place)] ?? 0;
      const after = levels[Math.floor(place) + 1] ?? before;
      return before + (after - before) * (place - Math.floor(place));
    };
    return evidenceOf({
      run: holdRun,
      resources: {
        target: samplesOf(atMs, {
          [TARGET_COLUMNS.heapUsedBytes]: (at) => (levelAt(at) + noiseMB * noise()) * MB,
        }),
      },
    });
  };
  const steady = (perHour: number) => withLevels(Array.from({ length: 7 }, (_, i) => 2000 + (perHour / 12) * i));
  /**
   * Grows by 150 MB in 15 minutes and then stops; a line from start to end would suggest a leak of 300 MB per hour.
   */
  const warming = [2048, 2156, 2189, 2201, 2198, 2203, 2195];
  const leaking = Array.from({ length: 7 }, (_, i) => 2048 + 50 * i);

  testJudgments(test, memorySlopeBelow(50, 'hold'), [
    ['flat', steady(0), 'pass'],
    ['well under the limit', steady(30), 'pass'],
    ['close to the limit', steady(50), 'inconclusive'],
    ['well over the limit', steady(80), 'fail'],
    ['no metrics', evidenceOf({ run: holdRun }), 'no data', null],
  ]);
  testJudgments(test, memorySlopeBelow(50, 'no-such-phase'), [['no phase with this name', steady(0), 'no data', null]]);
  for (const criterion of [memoryGrowthBelow(100, 'hold'), memorySlopeBelow(200, 'hold')]) {
    const statuses = (levels: readonly number[]) =>
      new Set(Array.from({ length: 20 }, () => judgeCriterion(withLevels(levels), criterion).status));
    test(`${criterion.id}: a service that grows only during warm-up passes with any noise`, () => {
      assert.deepEqual(statuses(warming), new Set(['pass']));
    });
    test(`${criterion.id}: a service that keeps growing fails with any noise`, () => {
      assert.deepEqual(statuses(leaking), new Set(['fail']));
    });
  }

  test('the memory slope is the growth per hour, and its interval contains the true growth', () => {
    const { value, interval } = measureCriterion(steady(120), memorySlopeBelow(50, 'hold'));
    assert.ok(value !== null && Math.abs(value / MB - 120) < 10, `${value}`);
    assert.ok(interval && interval.low <= 120 * MB && 120 * MB <= interval.high);
  });
});

describe('restarts', () => {
  const END_MS = evidenceOf().run.durationMs;
  /** A counter sampled every 5 s, starting before the load. */
  const counted = (values: (number | null)[]) => ({
    atMs: values.map((_, i) => (i - 1) * 5000),
    columns: { [TARGET_COLUMNS.restarts]: values },
  });
  const whole = END_MS / 5000 + 3;
  const target = (values: (number | null)[]) => evidenceOf({ resources: { target: counted(values) } });
  const calm = repeat(whole, 2);
  const crashed = [...repeat(5, 2), null, ...repeat(whole - 6, 3)];
  const pm2 = (values: (number | null)[]) => ({
    ...counted(values),
    columns: { [PM2_COLUMNS.restarts]: values },
  });

  testJudgments(test, noRestarts(), [
    ['no restarts', target(calm), 'pass', 0],
    ['one restart', target(crashed), 'fail', 1],
    ['a counter that was reset and counts from 0', target([...repeat(5, 9), ...repeat(whole - 5, 2)]), 'fail', 2],
    ['one restart before the counter stopped reporting', target([2, 2, 3, ...repeat(whole - 3, null)]), 'fail', 1],
    ['no restarts, but no samples at the end', target([...repeat(whole - 6, 2), ...repeat(6, null)]), 'no data', null],
    [
      'no restarts, but no samples at the start',
      target([...repeat(8, null), ...repeat(whole - 8, 2)]),
      'no data',
      null,
    ],
    ['a single sample', target([2]), 'no data', null],
    ['a target that does not count restarts', target(repeat(whole, null)), 'no data', null],
    ['no probes', evidenceOf(), 'no data', null],
    ['no restarts according to PM2', evidenceOf({ resources: { pm2: pm2(calm) } }), 'pass', 0],
    [
      'one restart according to PM2 only',
      evidenceOf({ resources: { target: counted(calm), pm2: pm2(crashed) } }),
      'fail',
      1,
    ],
    [
      'the same restart in both counters',
      evidenceOf({ resources: { target: counted(crashed), pm2: pm2(crashed) } }),
      'fail',
      1,
    ],
  ]);
  testJudgments(test, { ...noRestarts(), limit: 1 }, [['as many as a limit above 0', target(crashed), 'pass', 1]]);

  test('the note of the restarts names the counter that rose', () => {
    const evidence = evidenceOf({ resources: { target: counted(calm), pm2: pm2(crashed) } });
    assert.equal(measureCriterion(evidence, noRestarts()).note, 'counted by pm2');
  });
});
