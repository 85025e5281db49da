import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  breakingPointAbove,
  type Criterion,
  driftBelow,
  during,
  errorRateBelow,
  flowMeanBelow,
  flowSuccessAbove,
  inEveryWindow,
  meanBelow,
  type NarrowedBy,
  type Phase,
  percentileBelow,
  recoversWithin,
  throughputAbove,
} from '../../definition/index.ts';
import type { Evidence } from '../../evidence/index.ts';
import { seededRandom } from '../../numbers/index.ts';
import { evenWindows, evidenceOf, instants, phasesWithLengths, repeat, testJudgments } from '../../testing/evidence.ts';
import { judgeCriterion } from '../judge.ts';
import { measureCriterion } from '../measures.ts';

const spikePhases = phasesWithLengths({ before: 10_000, 'spike-up': 5000, spike: 15_000, recovery: 30_000 });
const phaseNamed = (name: string) => spikePhases.find((phase) => phase.name === name) as Phase;

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

  /**
   * A run with a median for every window: `before` until the spike, high during it, and then `p50At`. Null is a window
   * without probe traffic.
   */
  function recovering(
    p50At: (sinceRecoveryMs: number) => number | null,
    { before = LEVEL, failing = () => false }: { before?: number | null; failing?: (atMs: number) => boolean } = {},
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

  testJudgments(test, criterion, [
    ['recovered immediately', slowFor(0), 'pass', 0],
    ['recovered well before the limit', slowFor(3000), 'pass', 3000],
    ['recovered two windows before the limit', slowFor(8000), 'pass', 8000],
    ['recovered one window before the limit', slowFor(9000), 'inconclusive', 9000],
    ['recovered at the limit', slowFor(10_000), 'inconclusive', 10_000],
    ['recovered one window after the limit', slowFor(11_000), 'fail', 11_000],
    ['never recovered', slowFor(30_000), 'fail', 30_000],
    ['exactly at the tolerance', recovering(() => 1.2 * LEVEL), 'pass', 0],
    ['always above the tolerance', recovering(() => 1.21 * LEVEL), 'fail', 30_000],
    ['a relapse that lasts one window', recovering((at) => (at === 15_000 ? 500 : LEVEL)), 'fail', 16_000],
    ['no probe traffic after the spike', recovering(() => null), 'no data', null],
    ['no probe traffic before the spike', recovering(() => LEVEL, { before: null }), 'no data', null],
    ['too little probe traffic after the spike', recovering((at) => (at === 0 ? LEVEL : null)), 'no data', 30_000],
    ['no responses at first', recovering((at) => (at < 15_000 ? null : LEVEL)), 'fail', 15_000],
    ['no responses at the end', recovering((at) => (at < 15_000 ? LEVEL : null)), 'fail', 30_000],
    [
      'fast responses with errors at first',
      recovering(() => LEVEL, { failing: (at) => recovery.startMs <= at && at < recovery.startMs + 15_000 }),
      'fail',
      15_000,
    ],
    [
      'only errors before the spike',
      recovering(() => 3 * LEVEL, { before: 3 * LEVEL, failing: (at) => at < recovery.startMs }),
      'no data',
      null,
    ],
    ['errors only during the spike', recovering(() => LEVEL, { failing: inSpike }), 'pass', 0],
  ]);
  testJudgments(test, { ...criterion, limit: 60_000 }, [
    ['never recovered, and the phase ends before the limit', slowFor(30_000), 'inconclusive', 30_000],
  ]);

  test('the recovery time of a scenario that never recovers has an open interval', () => {
    const { interval, note } = judgeCriterion(slowFor(30_000), criterion);
    assert.deepEqual(interval, { low: 30_000, high: null });
    assert.equal(note, 'not back within 20 % of 100 ms, measured in windows of 1s');
  });

  test('the recovery time is accurate to one window', () => {
    assert.deepEqual(measureCriterion(slowFor(0), criterion).interval, { low: 0, high: WINDOW_MS });
    assert.deepEqual(measureCriterion(slowFor(3000), criterion).interval, { low: 2000, high: 4000 });
  });

  test('the recovery time ignores the short last window in which k6 exits', () => {
    const evidence = slowFor(3000);
    const { startMs, durationMs, scenarios } = evidence.windows;
    const probe = scenarios.probe ?? assert.fail();
    const withShortWindow = evidenceOf({
      run: evidence.run,
      windows: {
        startMs: [...startMs, recovery.endMs],
        durationMs: [...durationMs, 80],
        scenarios: {
          probe: { ...probe, requests: [...probe.requests, 0], p50Ms: [...probe.p50Ms, null] },
        },
      },
    });
    assert.deepEqual(measureCriterion(withShortWindow, criterion), measureCriterion(evidence, criterion));
  });

  test('the recovery time has no data without telemetry from the probe scenario', () => {
    const { value, note } = measureCriterion(evidenceOf(), criterion);
    assert.equal(value, null);
    assert.equal(note, 'no telemetry from the scenario probe');
  });
});

const hold = phasesWithLengths({ 'ramp-up': 60_000, hold: 1_800_000, 'ramp-down': 60_000 });
const holdRun = { workload: { ...evidenceOf().run.workload, phases: hold }, durationMs: 1_920_000 };
const holdPhase = hold[1] as Phase;

describe('drift of the response time', () => {
  const WINDOW_MS = 10_000;
  const random = seededRandom(21);
  const noise = Array.from({ length: 200 }, () => random() - 0.5);
  /** Response times that change linearly over the phase from `from` to `to` times 200 ms, with noise. */
  function drifting(from: number, to: number, { windows = 180, amplitude = 0.1 } = {}): Evidence {
    const startMs = Array.from({ length: windows }, (_, i) => holdPhase.startMs + i * WINDOW_MS);
    const meanMs = startMs.map((_, i) => {
      const level = from + (to - from) * (i / (windows - 1));
      return 200 * (level + amplitude * (noise[i] ?? 0));
    });
    return evidenceOf({ run: holdRun, windows: { startMs, durationMs: repeat(windows, WINDOW_MS), meanMs } });
  }
  testJudgments(test, driftBelow(0.1, 'hold'), [
    ['flat and noisy', drifting(1, 1), 'pass'],
    ['a little slower', drifting(0.975, 1.025), 'pass'],
    ['slower by close to the limit', drifting(0.95, 1.05), 'inconclusive'],
    ['much slower', drifting(0.9, 1.1), 'fail'],
    ['faster', drifting(1.2, 0.8), 'pass'],
    ['the minimum number of windows', drifting(1, 1, { windows: 20, amplitude: 0.01 }), 'pass'],
    ['too few windows', drifting(1, 1, { windows: 19 }), 'no data'],
    ['two windows', drifting(1, 1, { windows: 2 }), 'no data', null],
    ['no windows', evidenceOf({ run: holdRun }), 'no data', null],
  ]);

  test('the drift is the change over the phase as a share of the mean', () => {
    const { value } = measureCriterion(drifting(0.9, 1.1, { amplitude: 0 }), driftBelow(0.1, 'hold'));
    assert.ok(value !== null && Math.abs(value - 0.2) < 1e-9, `${value}`);
  });

  test('the drift includes windows that close slightly late', () => {
    const evidence = drifting(1, 1);
    const durationMs = repeat(evidence.windows.startMs.length, WINDOW_MS + 100);
    const late = { ...evidence, windows: { ...evidence.windows, durationMs } };
    assert.equal(measureCriterion(late, driftBelow(0.1, 'hold')).samples, 180);
  });

  test('the drift ignores windows without requests and windows not entirely within the phase', () => {
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
    const { value, samples } = measureCriterion(extended, driftBelow(0.1, 'hold'));
    assert.ok(value !== null && Math.abs(value) < 1e-9);
    assert.equal(samples, 179);
  });
});

describe('share of the windows within a limit', () => {
  const LENGTH_MS = 5000;
  /** Windows with the given p95 and numbers of requests. */
  const p95 = (p95Ms: (number | null)[], requests = repeat(p95Ms.length, 300)) =>
    evidenceOf({ windows: evenWindows(p95Ms.length, LENGTH_MS, { p95Ms, requests }) });
  const criterion = inEveryWindow(percentileBelow(0.95, '400ms'), { share: 0.9 });
  const slow = (count: number, every: number) => Array.from({ length: count }, (_, i) => (i % every === 0 ? 500 : 100));

  testJudgments(test, criterion, [
    ['all windows, the minimum number', p95(repeat(35, 100)), 'pass', 1],
    ['all windows, one fewer than the minimum', p95(repeat(34, 100)), 'no data', 1],
    ['every window just under the limit', p95(repeat(100, 399.9)), 'pass', 1],
    ['every window at the limit', p95(repeat(100, 400)), 'fail', 0],
    ['3 of 100 windows over the limit', p95(slow(100, 34)), 'pass', 0.97],
    ['exactly the required share', p95(slow(100, 10)), 'inconclusive', 0.9],
    ['every second window over the limit', p95(slow(100, 2)), 'fail', 0.5],
    [
      '4 consecutive windows of 100 over the limit',
      p95([...repeat(50, 100), ...repeat(4, 500), ...repeat(46, 100)]),
      'inconclusive',
      0.96,
    ],
    [
      'windows with few requests do not count',
      p95([...repeat(100, 100), ...repeat(50, 900)], [...repeat(100, 300), ...repeat(50, 199)]),
      'pass',
      1,
    ],
    ['no window with enough requests', p95(repeat(100, 100), repeat(100, 199)), 'no data', null],
    ['windows without requests do not count', p95([...repeat(40, 100), ...repeat(40, null)]), 'pass', 1],
    ['no windows', evidenceOf(), 'no data', null],
  ]);
  testJudgments(test, inEveryWindow(percentileBelow(0.95, '400ms'), { share: 0.9, minRequests: 20 }), [
    ['exactly the required number of requests', p95(repeat(35, 100), repeat(35, 20)), 'pass', 1],
  ]);

  test('the note of a window criterion has the number of judged windows', () => {
    assert.equal(measureCriterion(p95(repeat(40, 100)), criterion).note, '40 of 40 windows');
    const evidence = p95([...repeat(39, 100), 500, 100], [...repeat(40, 300), 5]);
    assert.equal(measureCriterion(evidence, criterion).note, '39 of 40 windows; 1 more had too few requests');
  });

  const phases = phasesWithLengths({ 'ramp-up': 40 * LENGTH_MS, hold: 40 * LENGTH_MS });
  const phased = (p95Ms: number[]) =>
    evidenceOf({ ...p95(p95Ms), run: { workload: { ...evidenceOf().run.workload, phases } } });
  testJudgments(test, during(['hold'], criterion), [
    ['within the limit in the phase, over it before', phased([...repeat(40, 900), ...repeat(40, 100)]), 'pass', 1],
    ['over the limit in the phase, within it before', phased([...repeat(40, 100), ...repeat(40, 900)]), 'fail', 0],
  ]);

  const windows = evenWindows(40, LENGTH_MS, {
    requests: repeat(40, 500),
    errors: repeat(40, 5),
    meanMs: repeat(40, 200),
    p50Ms: repeat(40, 50),
    p99Ms: repeat(40, 990),
    flows: { order: { iterations: repeat(40, 50), succeeded: repeat(40, 45), meanMs: repeat(40, 3000) } },
  });
  const limits: [within: Criterion<NarrowedBy<'inEveryWindow'>>, exceeded: Criterion<NarrowedBy<'inEveryWindow'>>][] = [
    [percentileBelow(0.5, '51ms'), percentileBelow(0.5, '50ms')],
    [
      { ...percentileBelow(0.99, '1s'), minSamples: 1 },
      { ...percentileBelow(0.99, '990ms'), minSamples: 1 },
    ],
    [meanBelow('201ms'), meanBelow('200ms')],
    [errorRateBelow(0.011), errorRateBelow(0.01)],
    [throughputAbove(99), throughputAbove(100)],
    [flowMeanBelow('order', '3001ms'), flowMeanBelow('order', '3s')],
    [flowSuccessAbove('order', 0.89), flowSuccessAbove('order', 0.9)],
  ];
  for (const [within, exceeded] of limits) {
    test(`windows meet a limit on ${within.measure.kind} just above their value, but not at their value`, () => {
      const share = (limit: typeof within) =>
        measureCriterion(evidenceOf({ windows }), inEveryWindow(limit, { share: 0.9 })).value;
      assert.equal(share(within), 1);
      assert.equal(share(exceeded), 0);
    });
  }
});

describe('breaking point', () => {
  const LENGTH_MS = 5000;
  const rampPhases = phasesWithLengths({ 'ramp-up': 12 * LENGTH_MS, hold: 12 * LENGTH_MS });
  interface Step {
    perS: number;
    p95?: number;
    errors?: number;
  }
  /** A ramp of windows, followed by a hold phase that must not count. */
  const ramp = (steps: Step[]) => {
    const all = [...steps, ...repeat(12, { perS: 1, p95: 9000, errors: 5 })] as Step[];
    const requests = all.map(({ perS }) => (perS * LENGTH_MS) / 1000);
    return evidenceOf({
      run: { workload: { ...evidenceOf().run.workload, phases: rampPhases } },
      windows: evenWindows(all.length, LENGTH_MS, {
        requests,
        errors: all.map(({ errors = 0 }) => errors),
        p95Ms: all.map(({ p95 = 100 }, i) => (requests[i] === 0 ? null : p95)),
        vus: all.map((_, i) => 10 * (i + 1)),
      }),
    });
  };
  /** Starts at 10 requests per second and adds 10 per second in each window. */
  const rising = (change: (step: Step, i: number) => Step = (step) => step) =>
    ramp(Array.from({ length: 12 }, (_, i) => change({ perS: 10 * (i + 1) }, i)));
  const slowFrom = (from: number) => rising((step, i) => (i < from ? step : { perS: 10 * from + 5, p95: 900 }));
  const criterion = breakingPointAbove(60, ['ramp-up'], [percentileBelow(0.95, '400ms'), errorRateBelow(0.01)]);

  testJudgments(test, criterion, [
    ['breaks two windows after the limit', slowFrom(8), 'pass', 80],
    ['breaks in the window after the limit', slowFrom(7), 'inconclusive', 70],
    ['breaks at the limit', slowFrom(6), 'inconclusive', 60],
    ['breaks one window before the limit', slowFrom(5), 'fail', 50],
    ['breaks immediately', slowFrom(0), 'fail', 0],
    ['breaks because of errors', rising((step, i) => (i < 4 ? step : { ...step, errors: 50 })), 'fail', 40],
    ['never breaks', rising(), 'pass', 120],
    ['breaks in the last two windows', slowFrom(10), 'pass', 100],
    ['breaks only in the last window, which may be chance', slowFrom(11), 'pass', 110],
    ['breaks for one window and recovers', rising((step, i) => (i === 3 ? { ...step, p95: 900 } : step)), 'pass', 120],
    ['responses stop', rising((step, i) => (i < 4 ? step : { perS: i === 4 ? 2 : 0 })), 'fail', 40],
    [
      'never breaks, and the ramp ends below the limit',
      ramp(Array.from({ length: 12 }, (_, i) => ({ perS: 10 + i }))),
      'inconclusive',
      21,
    ],
    ['too few requests in the first windows', rising((step, i) => (i < 3 ? { perS: 1 } : step)), 'no data', 120],
    ['too few requests in all windows', ramp(repeat(12, { perS: 1 })), 'no data', null],
    ['no windows', evidenceOf(), 'no data', null],
  ]);

  test('the breaking point is accurate to one window, and its note has the time and the number of VUs', () => {
    const { interval, note, samples } = measureCriterion(slowFrom(8), criterion);
    assert.deepEqual(interval, { low: 70, high: 85 });
    assert.equal(
      note,
      'limit exceeded from 40s until the end of the ramp, starting at 90 VUs: p95; degrades gracefully: beyond that, 85.0/s successful responses and 0 requests without a response',
    );
    assert.equal(samples, 12);
  });

  for (const [situation, errors, unanswered, degradation] of [
    ['most of the previous rate still succeeds', 80, 0, 'degrades gracefully'],
    ['little of the previous rate still succeeds', 200, 0, 'does not degrade gracefully'],
    ['some requests get no response', 80, 1, 'does not degrade gracefully'],
  ] as const)
    test(`the note of the breaking point says that the target ${degradation} if ${situation}`, () => {
      const evidence = rising((step, i) => (i < 8 ? step : { perS: 90, errors }));
      const { windows } = evidence;
      const timeout = windows.startMs.map((_, i) => (i < 8 ? 0 : unanswered));
      const { note } = measureCriterion({ ...evidence, windows: { ...windows, errorsByKind: { timeout } } }, criterion);
      assert.match(
        String(note),
        new RegExp(
          `^limit exceeded from 40s until the end of the ramp, starting at 90 VUs: error rate; ${degradation}: `,
        ),
      );
    });

  test('the breaking point may lie in a window across the border of two phases', () => {
    const evidence = rising((step, i) => (i < 8 ? step : { perS: 90, errors: 200 }));
    const half = phasesWithLengths({ one: 7.5 * LENGTH_MS, two: 4.5 * LENGTH_MS });
    const { value, samples } = measureCriterion(
      { ...evidence, run: { ...evidence.run, workload: { ...evidence.run.workload, phases: half } } },
      breakingPointAbove(60, ['one', 'two'], [errorRateBelow(0.01)]),
    );
    assert.deepEqual([value, samples], [80, 12]);
  });

  test('the breaking point has an open upper bound if the limits are never exceeded', () => {
    const { interval, note } = judgeCriterion(rising(), criterion);
    assert.deepEqual(interval, { low: 120, high: null });
    assert.equal(note, 'not reached');
  });

  test('the breaking point has no data with a single window, even if it exceeds the limits', () => {
    const { value, interval, status } = judgeCriterion(
      ramp([...repeat(11, { perS: 1 }), { perS: 100, p95: 900 }]),
      criterion,
    );
    assert.deepEqual({ value, interval, status }, { value: 0, interval: { low: 0, high: null }, status: 'no data' });
  });
});
