import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  type Criterion,
  contractsHold,
  driftBelow,
  during,
  errorRateBelow,
  flowMeanBelow,
  flowPercentileBelow,
  flowSuccessAbove,
  type Measure,
  memoryGrowthBelow,
  noConnectionLeak,
  noFailedCheck,
  noTimeouts,
  percentileBelow,
  recoversWithin,
} from './criteria.ts';
import { judge, judgeCriterion } from './judge.ts';
import { measure } from './measures.ts';
import { PERCENTILES } from './metrics.ts';
import { seededRandom } from './random.ts';
import { TARGET_COLUMNS } from './resources.ts';
import type { CriterionStatus, ErrorFigures, Evidence } from './result.ts';
import {
  constantStats,
  emptyEvidence,
  evidenceOf,
  flowFigures,
  instants,
  phaseFigures,
  phasesOf,
  repeat,
  samplesOf,
  trendOf,
} from './testing.ts';
import type { Phase } from './workloads.ts';

const MB = 1024 * 1024;

type Case = [what: string, evidence: Evidence, status: CriterionStatus, value: number | null];

/** Every case of a criterion: its status and its value, null for no data and NaN where only the status matters. */
function judged(criterion: Criterion, cases: readonly Case[]): void {
  for (const [what, evidence, status, value] of cases) {
    test(`${what}: ${status}`, () => {
      const one = judgeCriterion(evidence, criterion);
      assert.equal(one.status, status, JSON.stringify({ ...one, limit: criterion.limit }));
      if (value === null) assert.equal(one.value, null);
      else if (!Number.isNaN(value)) assert.equal(one.value, value);
      else assert.ok(Number.isFinite(one.value));
    });
  }
}

describe('percentile of the requests', () => {
  const requests = (values: readonly number[]) => evidenceOf({ totals: { durationMs: trendOf(values) } });
  judged(percentileBelow(0.95, '400ms'), [
    ['just under', requests(repeat(1000, 399.9)), 'pass', 399.9],
    ['at the limit', requests(repeat(1000, 400)), 'fail', 400],
    ['just over', requests(repeat(1000, 400.1)), 'fail', 400.1],
    [
      'as many slow ones as the percentile leaves',
      requests([...repeat(950, 10), ...repeat(50, 900)]),
      'inconclusive',
      Number.NaN,
    ],
    ['the fewest samples that it takes', requests(repeat(200, 10)), 'pass', 10],
    ['one sample fewer', requests(repeat(199, 10)), 'no data', 10],
    ['one sample fewer, all slow', requests(repeat(199, 900)), 'no data', 900],
    ['none', requests([]), 'no data', null],
  ]);

  for (const [name, q] of Object.entries(PERCENTILES)) {
    test(`its ${name} is the one that the result states, with its interval moved along`, () => {
      const random = seededRandom(3);
      const durationMs = trendOf(Array.from({ length: 20_000 }, () => 50 + 100 * random()));
      const around = measure(evidenceOf({ totals: { durationMs } }), percentileBelow(q, '1s')).interval;
      // What k6 states exactly is off from the histogram by part of a bucket.
      const stated = durationMs[name as keyof typeof PERCENTILES] * 1.01;
      const { value, interval } = measure(
        evidenceOf({ totals: { durationMs: { ...durationMs, [name]: stated } } }),
        percentileBelow(q, '1s'),
      );
      assert.equal(value, stated);
      assert.ok(around && interval && interval.low <= stated && stated <= interval.high);
      for (const bound of ['low', 'high'] as const)
        assert.ok(Math.abs(interval[bound] / around[bound] - 1.01) < 1e-9);
    });
  }

  test('a percentile that the result does not state comes from the histogram', () => {
    const { value } = measure(requests([...repeat(970, 10), ...repeat(30, 50)]), percentileBelow(0.98, '1s'));
    assert.ok(value !== null && Math.abs(value / 50 - 1) < 0.03, `${value}`);
  });

  test('without a histogram there is no interval, and so no data', () => {
    const evidence = evidenceOf({ totals: { durationMs: { ...constantStats(1000, 10), histogram: null } } });
    assert.equal(judgeCriterion(evidence, percentileBelow(0.95, '400ms')).status, 'no data');
  });

  test('durations of zero are durations', () => {
    const { value, interval } = measure(requests(repeat(1000, 0)), percentileBelow(0.95, '400ms'));
    assert.equal(value, 0);
    assert.deepEqual(interval, { low: 0, high: 0 });
  });
});

const spikePhases = phasesOf({ before: 10_000, 'spike-up': 5000, spike: 15_000, recovery: 30_000 });
const phaseNamed = (name: string) => spikePhases.find((phase) => phase.name === name) as Phase;

describe('percentile during phases', () => {
  const phased = (slow: number) =>
    evidenceOf({
      phases: [
        phaseFigures(phaseNamed('before'), { values: repeat(1000, 5000) }),
        phaseFigures(phaseNamed('spike-up'), { values: repeat(500, 10) }),
        phaseFigures(phaseNamed('spike'), { values: repeat(500, slow) }),
      ],
    });
  judged(during(['spike-up', 'spike'], percentileBelow(0.95, '400ms')), [
    ['both are fast, the others do not count', phased(300), 'pass', Number.NaN],
    ['one is slow', phased(450), 'fail', Number.NaN],
    [
      'nothing in them',
      evidenceOf({ phases: [phaseFigures(phaseNamed('before'), { values: [1] })] }),
      'no data',
      null,
    ],
  ]);
  judged(during(['spike'], percentileBelow(0.95, '400ms')), [
    ['just under in the one', phased(399.9), 'pass', 399.9],
    ['at the limit in the one', phased(400), 'fail', 400],
  ]);
  judged(during(['no-such-phase'], percentileBelow(0.95, '400ms')), [
    ['of no such name', phased(1), 'no data', null],
  ]);

  test('the samples of several phases are counted together', () => {
    const criterion = during(['before', 'spike-up', 'spike'], percentileBelow(0.95, '400ms'));
    assert.equal(measure(phased(1), criterion).samples, 2000);
  });
});

describe('error rate', () => {
  const errors = (hits: number, requests = 1000) => evidenceOf({ totals: { requests, errors: hits } });
  // Wilson's interval of 3 in 1000 ends at 0.88 %, of 4 at 1.02 %; that of 16 begins at 0.99 %, of 17 at 1.06 %.
  judged(errorRateBelow(0.01), [
    ['none', errors(0), 'pass', 0],
    ['the most that are surely below', errors(3), 'pass', 0.003],
    ['one more', errors(4), 'inconclusive', 0.004],
    ['at the limit', errors(10), 'inconclusive', 0.01],
    ['the most that may still be below', errors(16), 'inconclusive', 0.016],
    ['one more than that', errors(17), 'fail', 0.017],
    ['at the limit, however many requests', errors(10_000, 1_000_000), 'inconclusive', 0.01],
    ['every request', errors(1000), 'fail', 1],
    ['none of few', errors(0, 100), 'inconclusive', 0],
    ['none of too few', errors(0, 99), 'no data', 0],
    ['every one of too few', errors(99, 99), 'no data', 1],
    ['no request', errors(0, 0), 'no data', null],
  ]);
});

describe('error rate during phases', () => {
  const errors = (inUp: number, inSpike: number) =>
    evidenceOf({
      totals: { errors: 1000 },
      phases: [
        phaseFigures(phaseNamed('before'), { values: repeat(1000, 1), errors: 1000 }),
        phaseFigures(phaseNamed('spike-up'), { values: repeat(500, 1), errors: inUp }),
        phaseFigures(phaseNamed('spike'), { values: repeat(500, 1), errors: inSpike }),
      ],
    });
  judged(during(['spike-up', 'spike'], errorRateBelow(0.02)), [
    ['none in them, the others do not count', errors(0, 0), 'pass', 0],
    ['some in each', errors(10, 10), 'inconclusive', 0.02],
    ['many in one', errors(0, 40), 'fail', 0.04],
  ]);
  judged(during(['recovery'], errorRateBelow(0.02)), [
    ['of a phase never reached', errors(0, 0), 'no data', null],
  ]);
});

describe('count of one kind of error', () => {
  const error = (kind: ErrorFigures['kind'], count: number, endpoint = 'GET /items/:id'): ErrorFigures => ({
    kind,
    code: '0',
    reason: kind,
    endpoint,
    count,
    share: 1,
  });
  const withErrors = (...errors: ErrorFigures[]) => evidenceOf({ errors });
  judged(noTimeouts(), [
    ['none', withErrors(), 'pass', 0],
    ['only of other kinds', withErrors(error('server-error', 900)), 'pass', 0],
    ['one', withErrors(error('server-error', 9), error('timeout', 1)), 'fail', 1],
    ['at several endpoints', withErrors(error('timeout', 2), error('timeout', 3, 'POST /orders')), 'fail', 5],
    ['no request', emptyEvidence(), 'no data', null],
  ]);
  judged({ ...noTimeouts(), limit: 5 }, [
    ['at a limit above none', withErrors(error('timeout', 5)), 'pass', 5],
    ['over it by one', withErrors(error('timeout', 6)), 'fail', 6],
  ]);
});

describe('failed checks', () => {
  judged(noFailedCheck(), [
    ['none', evidenceOf(), 'pass', 0],
    ['one', evidenceOf({ totals: { errors: 1 } }), 'fail', 1],
    ['no request', emptyEvidence(), 'no data', null],
  ]);
});

describe('contracts', () => {
  const contracts = (broken: number, checked: number) => evidenceOf({ contracts: { broken, checked } });
  judged(contractsHold(6), [
    ['all hold', contracts(0, 6), 'pass', 0],
    ['one is broken', contracts(1, 6), 'fail', 1],
    ['too few were looked at', contracts(0, 5), 'no data', 0],
    ['one of too few is broken', contracts(1, 5), 'fail', 1],
    ['none was looked at', contracts(0, 0), 'no data', null],
  ]);
});

describe('success rate of a flow', () => {
  const flow = (succeeded: number, iterations: number, name = 'order') =>
    evidenceOf({ flows: [flowFigures(name, { values: repeat(iterations, 100), succeeded })] });
  // Wilson's interval of 964 in 1000 begins at 95.06 %, that of 937 ends at 95.05 %, of 936 at 94.96 %.
  judged(flowSuccessAbove('order', 0.95), [
    ['always', flow(1000, 1000), 'pass', 1],
    ['the fewest that are surely above', flow(964, 1000), 'pass', 0.964],
    ['one fewer', flow(963, 1000), 'inconclusive', 0.963],
    ['at the limit', flow(950, 1000), 'inconclusive', 0.95],
    ['the fewest that may still be above', flow(937, 1000), 'inconclusive', 0.937],
    ['one fewer than that', flow(936, 1000), 'fail', 0.936],
    ['never', flow(0, 1000), 'fail', 0],
    ['always, of too few', flow(29, 29), 'no data', 1],
    ['none has ended', flow(0, 0), 'no data', null],
    ['of another name', flow(1000, 1000, 'pay'), 'no data', null],
  ]);
});

describe('mean duration of a flow', () => {
  /** Windows of so many flows each, with these means. */
  const flow = (meanMs: (number | null)[], { name = 'order', each = 10 } = {}) => {
    const iterations = meanMs.map((mean) => (mean === null ? 0 : each));
    return evidenceOf({
      flows: [
        flowFigures(name, { values: meanMs.flatMap((mean) => (mean === null ? [] : repeat(each, mean))) }),
      ],
      windows: { flows: { [name]: { iterations, succeeded: iterations, meanMs } } },
    });
  };
  const around = (mean: number) => Array.from({ length: 40 }, (_, i) => mean + (i % 2 === 0 ? 500 : -500));
  judged(flowMeanBelow('order', '5s'), [
    ['steadily under', flow(repeat(10, 4999)), 'pass', 4999],
    ['steadily at the limit', flow(repeat(10, 5000)), 'fail', 5000],
    ['steadily over', flow(repeat(10, 5001)), 'fail', 5001],
    ['varying well under', flow(around(4500)), 'pass', 4500],
    ['varying about the limit', flow(around(4990)), 'inconclusive', 4990],
    ['varying well over', flow(around(5500)), 'fail', 5500],
    [
      'windows without a flow do not pull it down',
      flow([null, ...repeat(10, 5001), null, null]),
      'fail',
      5001,
    ],
    ['too few', flow([100, 100]), 'no data', 100],
    ['enough, within the fewest windows', flow(repeat(3, 4999)), 'pass', 4999],
    ['enough, within too few windows', flow([...repeat(2, 4999), null], { each: 15 }), 'inconclusive', 4999],
    [
      'enough, of which no window tells',
      evidenceOf({ flows: [flowFigures('order', { values: repeat(30, 100) })] }),
      'inconclusive',
      100,
    ],
    ['none has ended', flow([null, null]), 'no data', null],
    ['of another name', flow(repeat(10, 100), { name: 'pay' }), 'no data', null],
  ]);

  test('within too few windows it says so', () => {
    const { interval, note } = judgeCriterion(flow([100, 100], { each: 15 }), flowMeanBelow('order', '5s'));
    assert.deepEqual(interval, { low: null, high: null });
    assert.equal(note, 'ended within too few windows to tell how far the mean is off');
  });
});

describe('percentile of a flow', () => {
  const flow = (values: number[], name = 'order') => evidenceOf({ flows: [flowFigures(name, { values })] });
  judged(flowPercentileBelow('order', 0.95, '10s'), [
    ['just under', flow(repeat(1000, 9999)), 'pass', 9999],
    ['at the limit', flow(repeat(1000, 10_000)), 'fail', 10_000],
    ['just over', flow(repeat(1000, 10_001)), 'fail', 10_001],
    ['too few', flow(repeat(199, 1)), 'no data', 1],
    ['none has ended', flow([]), 'no data', null],
    ['of another name', flow(repeat(1000, 1), 'pay'), 'no data', null],
  ]);
});

describe('recovery time', () => {
  const WINDOW_MS = 1000;
  const LEVEL = 100;
  const criterion = recoversWithin('10s', {
    scenario: 'probe',
    referencePhase: 'before',
    recoveryPhase: 'recovery',
    tolerance: 0.2,
  });
  const recovery = phaseNamed('recovery');

  /** A median for every window: as before the spike, high in it, and then as told; null is without probe traffic. */
  function recovering(
    p50At: (sinceRecoveryMs: number) => number | null,
    {
      before = LEVEL,
      failing = () => false,
    }: { before?: number | null; failing?: (atMs: number) => boolean } = {},
  ): Evidence {
    const startMs = instants(0, recovery.endMs, WINDOW_MS);
    const p50Ms = startMs.map((at) => {
      if (at < phaseNamed('before').endMs) return before;
      return at < recovery.startMs ? 50 * LEVEL : p50At(at - recovery.startMs);
    });
    const probe = {
      requests: p50Ms.map((p50) => (p50 === null ? 0 : 5)),
      errors: startMs.map((at) => (failing(at) ? 1 : 0)),
      meanMs: p50Ms,
      p50Ms,
      p95Ms: p50Ms,
    };
    return evidenceOf({
      run: { workload: { ...evidenceOf().run.workload, phases: spikePhases } },
      windows: { startMs, durationMs: repeat(startMs.length, WINDOW_MS), scenarios: { probe, load: probe } },
    });
  }
  const inSpike = (at: number) => phaseNamed('before').endMs <= at && at < recovery.startMs;
  const slowFor = (ms: number) => recovering((at) => (at < ms ? 3 * LEVEL : LEVEL));

  judged(criterion, [
    ['back at once', slowFor(0), 'pass', 0],
    ['back well before the limit', slowFor(3000), 'pass', 3000],
    ['back just before the limit', slowFor(8000), 'pass', 8000],
    ['back one window before the limit', slowFor(9000), 'inconclusive', 9000],
    ['back at the limit', slowFor(10_000), 'inconclusive', 10_000],
    ['back one window after the limit', slowFor(11_000), 'fail', 11_000],
    ['never back', slowFor(30_000), 'fail', 30_000],
    ['at the tolerance above the level', recovering(() => 1.2 * LEVEL), 'pass', 0],
    ['above the tolerance all the time', recovering(() => 1.21 * LEVEL), 'fail', 30_000],
    ['a relapse counts until its end', recovering((at) => (at === 15_000 ? 500 : LEVEL)), 'fail', 16_000],
    ['no probe traffic after the spike', recovering(() => null), 'no data', null],
    ['no probe traffic before the spike', recovering(() => LEVEL, { before: null }), 'no data', null],
    [
      'too little probe traffic after the spike',
      recovering((at) => (at === 0 ? LEVEL : null)),
      'no data',
      30_000,
    ],
    ['silent for a time', recovering((at) => (at < 15_000 ? null : LEVEL)), 'fail', 15_000],
    ['silent in the end', recovering((at) => (at < 15_000 ? LEVEL : null)), 'fail', 30_000],
    [
      'quick, but with errors for a time',
      recovering(() => LEVEL, { failing: (at) => recovery.startMs <= at && at < recovery.startMs + 15_000 }),
      'fail',
      15_000,
    ],
    [
      'slow errors before the spike are no level to come back to',
      recovering(() => 3 * LEVEL, { before: 3 * LEVEL, failing: (at) => at < recovery.startMs }),
      'no data',
      null,
    ],
    ['errors in the spike only', recovering(() => LEVEL, { failing: inSpike }), 'pass', 0],
  ]);
  judged({ ...criterion, limit: 60_000 }, [
    ['never back, and the phase ends before the limit', slowFor(30_000), 'inconclusive', 30_000],
  ]);

  test('one that never comes back has an open interval', () => {
    const { interval, note } = judgeCriterion(slowFor(30_000), criterion);
    assert.deepEqual(interval, { low: 30_000, high: null });
    assert.equal(note, 'not back within 20 % of 100 ms, seen in windows of 1.0 s');
  });

  test('one that comes back is known to a window', () => {
    assert.deepEqual(measure(slowFor(0), criterion).interval, { low: 0, high: WINDOW_MS });
    assert.deepEqual(measure(slowFor(3000), criterion).interval, { low: 2000, high: 4000 });
  });

  test('the piece of a window in which k6 ends says nothing', () => {
    const evidence = slowFor(3000);
    const { startMs, durationMs, scenarios } = evidence.windows;
    const probe = scenarios.probe ?? assert.fail();
    const piece = evidenceOf({
      run: evidence.run,
      windows: {
        startMs: [...startMs, recovery.endMs],
        durationMs: [...durationMs, 80],
        scenarios: {
          probe: { ...probe, requests: [...probe.requests, 0], p50Ms: [...probe.p50Ms, null] },
        },
      },
    });
    assert.deepEqual(measure(piece, criterion), measure(evidence, criterion));
  });

  test('without telemetry of the probe there is no data', () => {
    const { value, note } = measure(evidenceOf(), criterion);
    assert.equal(value, null);
    assert.equal(note, 'no telemetry of the scenario probe');
  });
});

const hold = phasesOf({ 'ramp-up': 60_000, hold: 1_800_000, 'ramp-down': 60_000 });
const holdRun = { workload: { ...evidenceOf().run.workload, phases: hold }, durationMs: 1_920_000 };
const holdPhase = hold[1] as Phase;
const warmUntilMs = holdPhase.startMs + (holdPhase.endMs - holdPhase.startMs) / 3;

describe('memory growth', () => {
  const SAMPLE_MS = 5000;
  type Bytes = (atMs: number) => number | null;
  /** What stays after a collection is told; what collections leave behind for a while comes on top. */
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
  /** Evenly from the end of the warm-up to the end of the phase. */
  const growing = (bytes: number) => (atMs: number) =>
    50 * MB + bytes * Math.max(0, (atMs - warmUntilMs) / (holdPhase.endMs - warmUntilMs));
  const flat = growing(0);
  /** That many instants after the warm-up, the first of them at its end. */
  const few = (count: number) => instants(warmUntilMs, warmUntilMs + count * SAMPLE_MS, SAMPLE_MS);

  judged(memoryGrowthBelow(100, 'hold'), [
    ['flat under sawtooth noise', target(flat), 'pass', Number.NaN],
    ['a small leak', target(growing(80 * MB)), 'pass', Number.NaN],
    ['a leak of about the limit', target(growing(100 * MB)), 'inconclusive', Number.NaN],
    ['a leak in the heap', target(growing(130 * MB)), 'fail', Number.NaN],
    ['a leak in external memory', target(flat, growing(130 * MB)), 'fail', Number.NaN],
    ['a leak that is half of each', target(growing(65 * MB), growing(65 * MB)), 'fail', Number.NaN],
    ['memory that shrinks', target(growing(-40 * MB)), 'pass', Number.NaN],
    [
      'growth that stops with the warm-up',
      target((at) => 50 * MB + 500 * MB * Math.min(1, at / warmUntilMs)),
      'pass',
      Number.NaN,
    ],
    [
      'growth after the phase',
      target((at) => (at > holdPhase.endMs ? 900 * MB : 50 * MB)),
      'pass',
      Number.NaN,
    ],
    // Within three minutes, what collections leave behind for a while may be anything over twenty.
    ['the fewest samples that it takes', target(flat, () => 0, few(36)), 'inconclusive', Number.NaN],
    ['too few samples after the warm-up', target(flat, () => 0, few(35)), 'no data', null],
    ['samples of the warm-up only', target(flat, () => 0, instants(0, warmUntilMs, 1000)), 'no data', null],
    ['a target that does not tell of its heap', target(() => null), 'no data', null],
    ['a target without metrics', evidenceOf({ run: holdRun }), 'no data', null],
  ]);
  judged(memoryGrowthBelow(100, 'no-such-phase'), [['of no such phase', target(flat), 'no data', null]]);

  test('its value is the growth from the end of the warm-up to the end of the phase', () => {
    const { value, interval } = measure(target(growing(130 * MB)), memoryGrowthBelow(100, 'hold'));
    assert.ok(value !== null && Math.abs(value / MB - 130) < 10, `${value}`);
    assert.ok(interval && interval.low <= 130 * MB && 130 * MB <= interval.high);
  });

  test('too few samples are counted, and said to be too few', () => {
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
  judged(noConnectionLeak(), [
    ['all are returned', pool([0], [0]), 'pass', 0],
    ['all are returned in the end', pool([1], [5, 3, 1]), 'pass', 0],
    ['one is not', pool([0], [3, 1, 1]), 'fail', 1],
    ['all are kept', pool([2], [20, 20]), 'fail', 18],
    ['fewer than before', pool([3], [1]), 'pass', 0],
    ['one more than the fewest before', pool([4, 1], [2, 2]), 'fail', 1],
    ['not looked at after the load', pool([0], []), 'no data', null],
    ['not looked at before the load', pool([], [0]), 'no data', null],
    ['unknown after the load', pool([0], [null, null]), 'no data', null],
    ['a target without metrics', evidenceOf(), 'no data', null],
  ]);
});

describe('drift of the response time', () => {
  const WINDOW_MS = 10_000;
  const random = seededRandom(21);
  const noise = Array.from({ length: 200 }, () => random() - 0.5);
  /** From the first share of the mean to the last, evenly over the phase, with noise. */
  function drifting(from: number, to: number, { windows = 180, amplitude = 0.1 } = {}): Evidence {
    const startMs = Array.from({ length: windows }, (_, i) => holdPhase.startMs + i * WINDOW_MS);
    const meanMs = startMs.map((_, i) => {
      const level = from + (to - from) * (i / (windows - 1));
      return 200 * (level + amplitude * (noise[i] ?? 0));
    });
    return evidenceOf({ run: holdRun, windows: { startMs, durationMs: repeat(windows, WINDOW_MS), meanMs } });
  }
  judged(driftBelow(0.1, 'hold'), [
    ['flat and noisy', drifting(1, 1), 'pass', Number.NaN],
    ['a little slower', drifting(0.975, 1.025), 'pass', Number.NaN],
    ['slower by about the limit', drifting(0.95, 1.05), 'inconclusive', Number.NaN],
    ['much slower', drifting(0.9, 1.1), 'fail', Number.NaN],
    ['faster', drifting(1.2, 0.8), 'pass', Number.NaN],
    [
      'the fewest windows that it takes',
      drifting(1, 1, { windows: 20, amplitude: 0.01 }),
      'pass',
      Number.NaN,
    ],
    ['too few windows', drifting(1, 1, { windows: 19 }), 'no data', Number.NaN],
    ['next to none', drifting(1, 1, { windows: 2 }), 'no data', null],
    ['none', evidenceOf({ run: holdRun }), 'no data', null],
  ]);

  test('its value is the change over the phase as a share of the mean', () => {
    const { value } = measure(drifting(0.9, 1.1, { amplitude: 0 }), driftBelow(0.1, 'hold'));
    assert.ok(value !== null && Math.abs(value - 0.2) < 1e-9, `${value}`);
  });

  test('windows that close a little late still count', () => {
    const evidence = drifting(1, 1);
    const durationMs = repeat(evidence.windows.startMs.length, WINDOW_MS + 100);
    const late = { ...evidence, windows: { ...evidence.windows, durationMs } };
    assert.equal(measure(late, driftBelow(0.1, 'hold')).samples, 180);
  });

  test('windows without a request, in part outside, or in other phases do not count', () => {
    const evidence = drifting(1, 1, { amplitude: 0 });
    const { startMs, durationMs, meanMs } = evidence.windows;
    const extended: Evidence = {
      ...evidence,
      windows: {
        ...evidence.windows,
        startMs: [0, holdPhase.startMs - 5000, ...startMs, holdPhase.endMs - 5000, holdPhase.endMs],
        durationMs: [WINDOW_MS, WINDOW_MS, ...durationMs, WINDOW_MS, WINDOW_MS],
        meanMs: [9000, 9000, null, ...meanMs.slice(1), 9000, 9000],
      },
    };
    const { value, samples } = measure(extended, driftBelow(0.1, 'hold'));
    assert.ok(value !== null && Math.abs(value) < 1e-9);
    assert.equal(samples, 179);
  });
});

/** One criterion of every kind that there is. */
const everyKind: Record<Measure['kind'], Criterion> = {
  'request-percentile': percentileBelow(0.95, '400ms'),
  'error-rate': errorRateBelow(0.01),
  'error-count': noTimeouts(),
  'failed-checks': noFailedCheck(),
  'contract-violations': contractsHold(1),
  'flow-success-rate': flowSuccessAbove('order', 0.95),
  'flow-mean': flowMeanBelow('order', '5s'),
  'flow-percentile': flowPercentileBelow('order', 0.95, '5s'),
  'recovery-time': recoversWithin('30s', {
    scenario: 'probe',
    referencePhase: 'before',
    recoveryPhase: 'recovery',
    tolerance: 0.2,
  }),
  'memory-growth': memoryGrowthBelow(100, 'hold'),
  'unreturned-connections': noConnectionLeak(),
  'duration-drift': driftBelow(0.1, 'hold'),
};

describe('a run in which nothing was measured', () => {
  for (const [kind, criterion] of Object.entries(everyKind)) {
    test(`${kind} has no data, says why, and can't make it a GO`, () => {
      assert.equal(criterion.measure.kind, kind);
      const one = judgeCriterion(emptyEvidence(), criterion);
      assert.equal(one.status, 'no data');
      assert.ok(one.note);
      assert.equal(judge(evidenceOf(), [one]).decision, 'INCONCLUSIVE');
    });
  }
});
