import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  contractsHold,
  degradedShareBelow,
  during,
  errorRateBelow,
  forEndpoint,
  meanBelow,
  noFailedCheck,
  noTimeouts,
  type Phase,
  percentileBelow,
  refusalShareBelow,
  refusalShareBetween,
  requestsAbove,
  startSpreadBelow,
  throughputAbove,
} from '../../definition/index.ts';
import type { ErrorFigures, Evidence } from '../../evidence/index.ts';
import { PERCENTILES } from '../../metrics/index.ts';
import { seededRandom } from '../../numbers/index.ts';
import {
  constantStats,
  emptyEvidence,
  endpointFigures,
  evenWindows,
  evidenceOf,
  phaseFigures,
  phasesWithLengths,
  repeat,
  testJudgments,
  trendOf,
} from '../../testing/evidence.ts';
import { generatorFiguresWith } from '../../testing/generators.ts';
import { judgeCriterion } from '../judge.ts';
import { measureCriterion } from '../measures.ts';

describe('percentile of the requests', () => {
  const requests = (values: readonly number[]) => evidenceOf({ totals: { durationMs: trendOf(values) } });
  testJudgments(test, percentileBelow(0.95, '400ms'), [
    ['just under', requests(repeat(1000, 399.9)), 'pass', 399.9],
    ['at the limit', requests(repeat(1000, 400)), 'fail', 400],
    ['just over', requests(repeat(1000, 400.1)), 'fail', 400.1],
    [
      'as many slow ones as the percentile leaves',
      requests([...repeat(950, 10), ...repeat(50, 900)]),
      'inconclusive',
    ],
    ['the fewest samples that it takes', requests(repeat(200, 10)), 'pass', 10],
    ['one sample fewer', requests(repeat(199, 10)), 'no data', 10],
    ['one sample fewer, all slow', requests(repeat(199, 900)), 'no data', 900],
    ['none', requests([]), 'no data', null],
  ]);

  const merged = (values: readonly number[]) =>
    evidenceOf({
      totals: { durationMs: trendOf(values) },
      generators: [generatorFiguresWith('a'), generatorFiguresWith('b')],
    });
  testJudgments(test, percentileBelow(0.95, '400ms'), [
    ['of several generators, by more than a bucket under', merged(repeat(1000, 390)), 'pass', 390],
    ['of several generators, by less than a bucket under', merged(repeat(1000, 399)), 'inconclusive', 399],
    ['of several generators, by less than a bucket over', merged(repeat(1000, 401)), 'inconclusive', 401],
  ]);

  test('where it is from histograms alone, that is said, with how far it may be off', () => {
    const p95 = percentileBelow(0.95, '1s');
    const partial = evidenceOf({ run: { partial: true } });
    for (const evidence of [merged(repeat(1000, 390)), partial])
      assert.equal(judgeCriterion(evidence, p95).note, 'from merged histograms, off by at most 2.19 %');
    assert.equal(judgeCriterion(evidenceOf(), p95).note, null);
  });

  for (const [name, q] of Object.entries(PERCENTILES)) {
    test(`its ${name} is the one that the result states, with its interval moved along`, () => {
      const random = seededRandom(3);
      const durationMs = trendOf(Array.from({ length: 20_000 }, () => 50 + 100 * random()));
      const around = measureCriterion(
        evidenceOf({ totals: { durationMs } }),
        percentileBelow(q, '1s'),
      ).interval;
      // What k6 states exactly is off from the histogram by part of a bucket.
      const stated = durationMs[name as keyof typeof PERCENTILES] * 1.01;
      const { value, interval } = measureCriterion(
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
    const { value } = measureCriterion(
      requests([...repeat(970, 10), ...repeat(30, 50)]),
      percentileBelow(0.98, '1s'),
    );
    assert.ok(value !== null && Math.abs(value / 50 - 1) < 0.03, `${value}`);
  });

  test('without a histogram there is no interval, and so no data', () => {
    const evidence = evidenceOf({ totals: { durationMs: { ...constantStats(1000, 10), histogram: null } } });
    assert.equal(judgeCriterion(evidence, percentileBelow(0.95, '400ms')).status, 'no data');
  });

  test('durations of zero are durations', () => {
    const { value, interval } = measureCriterion(requests(repeat(1000, 0)), percentileBelow(0.95, '400ms'));
    assert.equal(value, 0);
    assert.deepEqual(interval, { low: 0, high: 0 });
  });
});

const spikePhases = phasesWithLengths({ before: 10_000, 'spike-up': 5000, spike: 15_000, recovery: 30_000 });
const phaseNamed = (name: string) => spikePhases.find((phase) => phase.name === name) as Phase;
/** A run with the figures of some phases, and with errors in all of its requests. */
const phased = (figures: Record<string, Parameters<typeof phaseFigures>[1]>) =>
  evidenceOf({
    totals: { errors: 1000 },
    phases: Object.entries(figures).map(([name, own]) => phaseFigures(phaseNamed(name), own)),
  });

describe('percentile during phases', () => {
  const spiking = (slow: number) =>
    phased({
      before: { values: repeat(1000, 5000) },
      'spike-up': { values: repeat(500, 10) },
      spike: { values: repeat(500, slow) },
    });
  testJudgments(test, during(['spike-up', 'spike'], percentileBelow(0.95, '400ms')), [
    ['both are fast, the others do not count', spiking(300), 'pass'],
    ['one is slow', spiking(450), 'fail'],
    ['nothing in them', phased({ before: { values: [1] } }), 'no data', null],
  ]);
  testJudgments(test, during(['spike'], percentileBelow(0.95, '400ms')), [
    ['just under in the one', spiking(399.9), 'pass', 399.9],
    ['at the limit in the one', spiking(400), 'fail', 400],
  ]);
  testJudgments(test, during(['no-such-phase'], percentileBelow(0.95, '400ms')), [
    ['of no such name', spiking(1), 'no data', null],
  ]);

  test('the samples of several phases are counted together', () => {
    const criterion = during(['before', 'spike-up', 'spike'], percentileBelow(0.95, '400ms'));
    assert.equal(measureCriterion(spiking(1), criterion).samples, 2000);
  });
});

describe('error rate', () => {
  const errors = (hits: number, requests = 1000) => evidenceOf({ totals: { requests, errors: hits } });
  // Wilson's interval of 3 in 1000 ends at 0.88 %, of 4 at 1.02 %; that of 16 begins at 0.99 %, of 17 at 1.06 %.
  testJudgments(test, errorRateBelow(0.01), [
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
    phased({
      before: { values: repeat(1000, 1), errors: 1000 },
      'spike-up': { values: repeat(500, 1), errors: inUp },
      spike: { values: repeat(500, 1), errors: inSpike },
    });
  testJudgments(test, during(['spike-up', 'spike'], errorRateBelow(0.02)), [
    ['none in them, the others do not count', errors(0, 0), 'pass', 0],
    ['some in each', errors(10, 10), 'inconclusive', 0.02],
    ['many in one', errors(0, 40), 'fail', 0.04],
  ]);
  testJudgments(test, during(['recovery'], errorRateBelow(0.02)), [
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
  testJudgments(test, noTimeouts(), [
    ['none', withErrors(), 'pass', 0],
    ['only of other kinds', withErrors(error('server-error', 900)), 'pass', 0],
    ['one', withErrors(error('server-error', 9), error('timeout', 1)), 'fail', 1],
    ['at several endpoints', withErrors(error('timeout', 2), error('timeout', 3, 'POST /orders')), 'fail', 5],
    ['no request', emptyEvidence(), 'no data', null],
  ]);
  testJudgments(test, { ...noTimeouts(), limit: 5 }, [
    ['at a limit above none', withErrors(error('timeout', 5)), 'pass', 5],
    ['over it by one', withErrors(error('timeout', 6)), 'fail', 6],
  ]);
});

describe('failed checks', () => {
  testJudgments(test, noFailedCheck(), [
    ['none', evidenceOf(), 'pass', 0],
    ['one', evidenceOf({ totals: { errors: 1 } }), 'fail', 1],
    ['no request', emptyEvidence(), 'no data', null],
  ]);
});

describe('contracts', () => {
  const contracts = (broken: number, checked: number) => evidenceOf({ contracts: { broken, checked } });
  testJudgments(test, contractsHold(6), [
    ['all hold', contracts(0, 6), 'pass', 0],
    ['one is broken', contracts(1, 6), 'fail', 1],
    ['too few were looked at', contracts(0, 5), 'no data', 0],
    ['one of too few is broken', contracts(1, 5), 'fail', 1],
    ['none was looked at', contracts(0, 0), 'no data', null],
  ]);
});

/** Windows of 5 s, each of so many requests with these means; null is one without. */
function inWindows(
  meanMs: readonly (number | null)[],
  { each = 10, phases = phasesWithLengths({ hold: meanMs.length * 5000 }) } = {},
): Evidence {
  const requests = meanMs.map((mean) => (mean === null ? 0 : each));
  const valuesIn = ({ startMs, endMs }: Phase) =>
    meanMs.slice(startMs / 5000, endMs / 5000).flatMap((mean) => (mean === null ? [] : repeat(each, mean)));
  const durationMs = meanMs.length * 5000;
  const all = valuesIn({ name: 'all', startMs: 0, endMs: durationMs });
  return evidenceOf({
    run: { durationMs, workload: { ...evidenceOf().run.workload, durationMs, phases } },
    totals: { requests: all.length, durationMs: trendOf(all) },
    phases: phases.map((phase) => phaseFigures(phase, { values: valuesIn(phase) })),
    windows: evenWindows(meanMs.length, 5000, { requests, meanMs: [...meanMs] }),
  });
}

const wavering = (mean: number, by: number) =>
  Array.from({ length: 40 }, (_, i) => mean + (i % 2 === 0 ? by : -by));

describe('mean of the requests', () => {
  testJudgments(test, meanBelow('200ms'), [
    ['steadily under', inWindows(repeat(10, 199.5)), 'pass', 199.5],
    ['steadily at the limit', inWindows(repeat(10, 200)), 'fail', 200],
    ['steadily over', inWindows(repeat(10, 200.5)), 'fail', 200.5],
    ['varying well under', inWindows(wavering(180, 20)), 'pass', 180],
    ['varying about the limit', inWindows(wavering(199, 20)), 'inconclusive', 199],
    ['varying well over', inWindows(wavering(220, 20)), 'fail', 220],
    ['windows without a request do not pull it down', inWindows([null, ...repeat(9, 201)]), 'fail', 201],
    ['too few', inWindows(repeat(3, 100), { each: 9 }), 'no data', 100],
    ['enough, within too few windows', inWindows([100, 100], { each: 15 }), 'inconclusive', 100],
    ['none', inWindows([null, null]), 'no data', null],
  ]);

  const phases = phasesWithLengths({ 'ramp-up': 25_000, hold: 25_000 });
  testJudgments(test, during(['hold'], meanBelow('200ms')), [
    ['fast in it, slow before', inWindows([...repeat(5, 900), ...repeat(5, 100)], { phases }), 'pass', 100],
    ['slow in it, fast before', inWindows([...repeat(5, 100), ...repeat(5, 900)], { phases }), 'fail', 900],
    ['nothing in it', inWindows([...repeat(5, 100), ...repeat(5, null)], { phases }), 'no data', null],
  ]);
  testJudgments(test, during(['no-such-phase'], meanBelow('200ms')), [
    ['of no such phase', inWindows(repeat(10, 100)), 'no data', null],
  ]);
});

describe('throughput', () => {
  /** Windows of 5 s with so many requests each; 500 are 100 a second. */
  const counts = (
    requests: readonly number[],
    phases = phasesWithLengths({ hold: requests.length * 5000 }),
  ) =>
    evidenceOf({
      run: {
        durationMs: requests.length * 5000,
        workload: { ...evidenceOf().run.workload, phases },
      },
      totals: { requests: requests.reduce((sum, count) => sum + count, 0) },
      phases: phases.map((phase) => ({
        ...phaseFigures(phase, { values: [] }),
        requests: requests
          .slice(phase.startMs / 5000, phase.endMs / 5000)
          .reduce((sum, count) => sum + count, 0),
      })),
      windows: evenWindows(requests.length, 5000, { requests: [...requests] }),
    });
  testJudgments(test, throughputAbove(100), [
    ['steadily over', counts(repeat(10, 505)), 'pass', 101],
    ['steadily at the limit', counts(repeat(10, 500)), 'fail', 100],
    ['steadily under', counts(repeat(10, 495)), 'fail', 99],
    ['varying well over', counts(wavering(600, 50)), 'pass', 120],
    ['varying about the limit', counts(wavering(505, 50)), 'inconclusive', 101],
    ['varying well under', counts(wavering(400, 50)), 'fail', 80],
    ['an outage counts', counts([...repeat(5, 550), 0, 0, 0, ...repeat(5, 550)]), 'inconclusive'],
    ['too few requests', counts(repeat(9, 11)), 'no data', 2.2],
    ['within too few windows', counts([1000, 1000]), 'inconclusive', 200],
    ['no request', counts([0, 0, 0]), 'no data', null],
  ]);

  const phases = phasesWithLengths({ 'ramp-up': 25_000, hold: 25_000 });
  const ramp = [100, 200, 300, 400, 500, ...repeat(5, 600)];
  testJudgments(test, during(['hold'], throughputAbove(100)), [
    ['over in it, under before', counts(ramp, phases), 'pass', 120],
    ['under in it', counts([...repeat(5, 600), ...repeat(5, 300)], phases), 'fail', 60],
  ]);
  testJudgments(test, during(['no-such-phase'], throughputAbove(100)), [
    ['of no such phase', counts(ramp, phases), 'no data', null],
  ]);

  const ofEndpoint = (requests: number) =>
    evidenceOf({ endpoints: [endpointFigures('GET /items/:id', { values: repeat(requests, 10) })] });
  // A Poisson count of 6000 in a minute is known to 153.
  testJudgments(test, forEndpoint('GET /items/:id', throughputAbove(100)), [
    ['of an endpoint, well over', ofEndpoint(6160), 'pass', 6160 / 60],
    ['of an endpoint, at the limit', ofEndpoint(6000), 'inconclusive', 100],
    ['of an endpoint, well under', ofEndpoint(5840), 'fail', 5840 / 60],
    ['of an endpoint that is not there', evidenceOf(), 'no data', null],
  ]);
});

describe('count of the requests', () => {
  const requests = (count: number) => evidenceOf({ totals: { requests: count } });
  testJudgments(test, requestsAbove(1000), [
    ['one more', requests(1001), 'pass', 1001],
    ['just as many', requests(1000), 'fail', 1000],
    ['one fewer', requests(999), 'fail', 999],
    ['none', requests(0), 'no data', null],
  ]);
  testJudgments(test, during(['hold'], requestsAbove(999)), [['in a phase', evidenceOf(), 'pass', 1000]]);
});

describe('what is asked of one endpoint', () => {
  const SLOW = 'GET /report';
  const slow = (values: readonly number[], errors = 0) =>
    evidenceOf({
      endpoints: [
        endpointFigures('GET /items/:id', { values: repeat(1000, 10), errors: 500 }),
        endpointFigures(SLOW, { values, errors }),
      ],
      errors: [
        { kind: 'timeout', code: '0', reason: '', endpoint: 'GET /items/:id', count: 500, share: 0.9 },
        { kind: 'timeout', code: '0', reason: '', endpoint: SLOW, count: errors, share: 0.1 },
      ],
    });
  testJudgments(test, forEndpoint(SLOW, percentileBelow(0.95, '400ms')), [
    ['p95 just under', slow(repeat(1000, 399.9)), 'pass', 399.9],
    ['p95 at the limit', slow(repeat(1000, 400)), 'fail', 400],
    ['p95 of too few', slow(repeat(199, 1)), 'no data', 1],
    ['p95 of none', slow([]), 'no data', null],
    ['p95 of no such endpoint', evidenceOf(), 'no data', null],
  ]);
  const spread = (mean: number) => Array.from({ length: 1000 }, (_, i) => mean + (i % 2 === 0 ? 100 : -100));
  testJudgments(test, forEndpoint(SLOW, meanBelow('400ms')), [
    ['mean of all the same, under', slow(repeat(1000, 399)), 'pass', 399],
    ['mean of all the same, at the limit', slow(repeat(1000, 400)), 'fail', 400],
    ['mean surely under', slow(spread(392)), 'pass', 392],
    ['mean about the limit', slow(spread(397)), 'inconclusive', 397],
    ['mean surely over', slow(spread(408)), 'fail', 408],
    ['mean of too few', slow(repeat(29, 1)), 'no data', 1],
    ['mean of none', slow([]), 'no data', null],
  ]);
  testJudgments(test, forEndpoint(SLOW, errorRateBelow(0.01)), [
    ['no errors here, many elsewhere', slow(repeat(1000, 1)), 'pass', 0],
    ['errors here', slow(repeat(1000, 1), 17), 'fail', 0.017],
  ]);
  testJudgments(test, forEndpoint(SLOW, noTimeouts()), [
    ['no timeouts here, many elsewhere', slow(repeat(1000, 1)), 'pass', 0],
    ['a timeout here', slow(repeat(1000, 1), 1), 'fail', 1],
  ]);
  testJudgments(test, forEndpoint(SLOW, noFailedCheck()), [
    ['no failed check here', slow(repeat(1000, 1)), 'pass', 0],
    ['a failed check here', slow(repeat(1000, 1), 1), 'fail', 1],
  ]);
  testJudgments(test, forEndpoint(SLOW, requestsAbove(5)), [
    ['requests enough', slow(repeat(6, 1)), 'pass', 6],
    ['requests too few', slow(repeat(5, 1)), 'fail', 5],
  ]);
});

describe('what is asked of one endpoint during phases', () => {
  const failing = { values: repeat(1000, 9000), errors: 1000 };
  const reporting = (ms: number) => ({
    ...failing,
    endpoints: [
      endpointFigures('GET /items/:id', failing),
      endpointFigures('GET /report', { values: repeat(500, ms), errors: ms > 400 ? 500 : 0 }),
    ],
  });
  const spiking = (inSpikeUp: number, inSpike: number) =>
    phased({ before: reporting(9000), 'spike-up': reporting(inSpikeUp), spike: reporting(inSpike) });
  const spike = ['spike-up', 'spike'];
  testJudgments(test, during(['spike'], forEndpoint('GET /report', percentileBelow(0.95, '400ms'))), [
    ['p95 just under', spiking(9000, 399.9), 'pass', 399.9],
    ['p95 at the limit', spiking(1, 400), 'fail', 400],
    ['p95 of no such phase', evidenceOf(), 'no data', null],
  ]);
  testJudgments(test, during(spike, forEndpoint('GET /report', meanBelow('400ms'))), [
    ['mean over both phases', spiking(100, 300), 'pass', 200],
    ['mean over both phases, at the limit', spiking(200, 600), 'inconclusive', 400],
    ['mean of no such phase', evidenceOf(), 'no data', null],
  ]);
  testJudgments(test, during(spike, forEndpoint('GET /report', errorRateBelow(0.01))), [
    ['errors elsewhere only', spiking(1, 1), 'pass', 0],
    ['errors in one of them', spiking(1, 900), 'fail', 0.5],
  ]);
  testJudgments(test, during(spike, forEndpoint('GET /report', requestsAbove(999))), [
    ['requests of both', spiking(1, 1), 'pass', 1000],
  ]);
  testJudgments(test, during(spike, forEndpoint('GET /report', throughputAbove(40))), [
    ['throughput over both', spiking(1, 1), 'pass', 50],
  ]);
});

describe('failed checks during phases', () => {
  const spiking = (errors: number) =>
    phased({ before: { values: repeat(10, 1), errors: 3 }, spike: { values: repeat(10, 1), errors } });
  testJudgments(test, during(['spike'], noFailedCheck()), [
    ['none in them, some elsewhere', spiking(0), 'pass', 0],
    ['one', spiking(1), 'fail', 1],
  ]);
});

describe('share refused by design', () => {
  const refused = (count: number, requests = 1000) =>
    evidenceOf({ totals: { requests, refusals: { 429: count, 401: 500 } } });
  testJudgments(test, refusalShareBelow(429, 0.1), [
    ['none', refused(0), 'pass', 0],
    ['few', refused(50), 'pass', 0.05],
    ['as many as the limit', refused(100), 'inconclusive', 0.1],
    ['many', refused(300), 'fail', 0.3],
    ['of too few requests', refused(20, 20), 'no data', 1],
  ]);

  const [atLeast, atMost] = refusalShareBetween(429, 0.5, 0.8);
  testJudgments(test, atLeast, [
    ['it holds back enough', refused(650), 'pass', 0.65],
    ['too little', refused(300), 'fail', 0.3],
  ]);
  testJudgments(test, atMost, [
    ['not too much', refused(650), 'pass', 0.65],
    ['too much', refused(950), 'fail', 0.95],
  ]);

  const hold = {
    ...phaseFigures(phasesWithLengths({ hold: 1000 })[0] as Phase, { values: repeat(100, 10) }),
    refusals: { 429: 40 },
  };
  const limited = { ...endpointFigures('POST /orders', { values: repeat(200, 10) }), refusals: { 429: 100 } };
  const parts = evidenceOf({
    phases: [hold],
    endpoints: [limited, endpointFigures('GET /items', { values: repeat(200, 10) })],
  });
  testJudgments(test, during(['hold'], refusalShareBelow(429, 0.2)), [['in one phase', parts, 'fail', 0.4]]);
  testJudgments(test, forEndpoint('POST /orders', refusalShareBelow(429, 0.2)), [
    ['at one endpoint', parts, 'fail', 0.5],
  ]);
  testJudgments(test, forEndpoint('GET /items', refusalShareBelow(429, 0.2)), [
    ['at one that refuses nothing', parts, 'pass', 0],
  ]);
});

describe('share of degraded answers', () => {
  const degraded = (count: number) => evidenceOf({ totals: { degraded: count } });
  testJudgments(test, degradedShareBelow(0.2), [
    ['none', degraded(0), 'pass', 0],
    ['most', degraded(700), 'fail', 0.7],
  ]);
});

describe('spread of starts', () => {
  const spread = (...spreads: (number | null)[]) =>
    evidenceOf({
      bursts: spreads.map((spreadMs, i) => ({
        phase: `b${i}`,
        vus: 20,
        began: spreadMs === null ? 0 : 20,
        spreadMs,
      })),
    });
  testJudgments(test, startSpreadBelow('50ms'), [
    ['all close together', spread(4, 6), 'pass', 6],
    ['one wide', spread(4, 70), 'fail', 70],
    ['none began', spread(null), 'no data', null],
    ['no bursts at all', spread(), 'no data', null],
  ]);
  testJudgments(test, during(['b0'], startSpreadBelow('50ms')), [['of one burst', spread(4, 70), 'pass', 4]]);
});
