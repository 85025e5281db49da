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
  alternating,
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
  const requests = (values: readonly number[]) => evidenceOf({ totals: { responseTimeMs: trendOf(values) } });
  testJudgments(test, percentileBelow(0.95, '400ms'), [
    ['just under the limit', requests(repeat(1000, 399.9)), 'pass', 399.9],
    ['at the limit', requests(repeat(1000, 400)), 'fail', 400],
    ['just over the limit', requests(repeat(1000, 400.1)), 'fail', 400.1],
    ['exactly 5 % slow requests', requests([...repeat(950, 10), ...repeat(50, 900)]), 'inconclusive'],
    ['the minimum number of samples', requests(repeat(200, 10)), 'pass', 10],
    ['one sample fewer', requests(repeat(199, 10)), 'no data', 10],
    ['one sample fewer, all slow', requests(repeat(199, 900)), 'no data', 900],
    ['no samples', requests([]), 'no data', null],
  ]);

  const merged = (values: readonly number[]) =>
    evidenceOf({
      totals: { responseTimeMs: trendOf(values) },
      generators: [generatorFiguresWith('a'), generatorFiguresWith('b')],
    });
  testJudgments(test, percentileBelow(0.95, '400ms'), [
    ['merged from generators, more than a bucket under the limit', merged(repeat(1000, 390)), 'pass', 390],
    ['merged from generators, less than a bucket under the limit', merged(repeat(1000, 399)), 'inconclusive', 399],
    ['merged from generators, less than a bucket over the limit', merged(repeat(1000, 401)), 'inconclusive', 401],
  ]);

  test('a percentile that comes only from histograms has a note on its accuracy', () => {
    const p95 = percentileBelow(0.95, '1s');
    const partial = evidenceOf({ run: { partial: true } });
    for (const evidence of [merged(repeat(1000, 390)), partial])
      assert.equal(judgeCriterion(evidence, p95).note, 'from merged histograms, accurate to within 2.19 %');
    assert.equal(judgeCriterion(evidenceOf(), p95).note, null);
  });

  for (const [name, q] of Object.entries(PERCENTILES)) {
    test(`${name} has the exact value from the summary, and its interval is scaled to that value`, () => {
      const random = seededRandom(3);
      const responseTimeMs = trendOf(Array.from({ length: 20_000 }, () => 50 + 100 * random()));
      const around = measureCriterion(evidenceOf({ totals: { responseTimeMs } }), percentileBelow(q, '1s')).interval;
      // k6's exact value differs from the histogram by part of a bucket.
      const exact = responseTimeMs[name as keyof typeof PERCENTILES] * 1.01;
      const { value, interval } = measureCriterion(
        evidenceOf({ totals: { responseTimeMs: { ...responseTimeMs, [name]: exact } } }),
        percentileBelow(q, '1s'),
      );
      assert.equal(value, exact);
      assert.ok(around && interval && interval.low <= exact && exact <= interval.high);
      for (const bound of ['low', 'high'] as const) assert.ok(Math.abs(interval[bound] / around[bound] - 1.01) < 1e-9);
    });
  }

  test('a percentile that the result does not contain is estimated from the histogram', () => {
    const { value } = measureCriterion(requests([...repeat(970, 10), ...repeat(30, 50)]), percentileBelow(0.98, '1s'));
    assert.ok(value !== null && Math.abs(value / 50 - 1) < 0.03, `${value}`);
  });

  test('a percentile without a histogram has no interval and therefore "no data"', () => {
    const evidence = evidenceOf({ totals: { responseTimeMs: { ...constantStats(1000, 10), histogram: null } } });
    assert.equal(judgeCriterion(evidence, percentileBelow(0.95, '400ms')).status, 'no data');
  });

  test('a percentile counts durations of 0 as samples', () => {
    const { value, interval } = measureCriterion(requests(repeat(1000, 0)), percentileBelow(0.95, '400ms'));
    assert.equal(value, 0);
    assert.deepEqual(interval, { low: 0, high: 0 });
  });
});

const spikePhases = phasesWithLengths({ before: 10_000, 'spike-up': 5000, spike: 15_000, recovery: 30_000 });
const phaseNamed = (name: string) => spikePhases.find((phase) => phase.name === name) as Phase;
/** A run with the figures of some phases; in total, all of its requests are errors. */
const phased = (figures: Record<string, Parameters<typeof phaseFigures>[1]>) =>
  evidenceOf({
    totals: { errors: 1000 },
    phases: Object.entries(figures).map(([name, values]) => phaseFigures(phaseNamed(name), values)),
  });

describe('percentile during phases', () => {
  const spiking = (slow: number) =>
    phased({
      before: { values: repeat(1000, 5000) },
      'spike-up': { values: repeat(500, 10) },
      spike: { values: repeat(500, slow) },
    });
  testJudgments(test, during(['spike-up', 'spike'], percentileBelow(0.95, '400ms')), [
    ['both phases fast; other phases do not count', spiking(300), 'pass'],
    ['one of the phases slow', spiking(450), 'fail'],
    ['no requests in the phases', phased({ before: { values: [1] } }), 'no data', null],
  ]);
  testJudgments(test, during(['spike'], percentileBelow(0.95, '400ms')), [
    ['just under the limit in a single phase', spiking(399.9), 'pass', 399.9],
    ['at the limit in a single phase', spiking(400), 'fail', 400],
  ]);
  testJudgments(test, during(['no-such-phase'], percentileBelow(0.95, '400ms')), [
    ['no phase with this name', spiking(1), 'no data', null],
  ]);

  test('a percentile during several phases adds up their samples', () => {
    const criterion = during(['before', 'spike-up', 'spike'], percentileBelow(0.95, '400ms'));
    assert.equal(measureCriterion(spiking(1), criterion).samples, 2000);
  });
});

describe('error rate', () => {
  const errors = (hits: number, requests = 1000) => evidenceOf({ totals: { requests, errors: hits } });
  // Wilson's interval of 3 in 1000 ends at 0.88 %, of 4 at 1.02 %; that of 16 begins at 0.99 %, of 17 at 1.06 %.
  testJudgments(test, errorRateBelow(0.01), [
    ['no errors', errors(0), 'pass', 0],
    ['the highest count whose interval is below the limit', errors(3), 'pass', 0.003],
    ['one error more than the highest count whose interval is below the limit', errors(4), 'inconclusive', 0.004],
    ['at the limit', errors(10), 'inconclusive', 0.01],
    ['the highest count whose interval contains the limit', errors(16), 'inconclusive', 0.016],
    ['one error more than the highest count whose interval contains the limit', errors(17), 'fail', 0.017],
    ['at the limit, with very many requests', errors(10_000, 1_000_000), 'inconclusive', 0.01],
    ['only errors', errors(1000), 'fail', 1],
    ['no errors in few requests', errors(0, 100), 'inconclusive', 0],
    ['no errors in too few requests', errors(0, 99), 'no data', 0],
    ['only errors in too few requests', errors(99, 99), 'no data', 1],
    ['no requests', errors(0, 0), 'no data', null],
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
    ['no errors in the phases; other phases do not count', errors(0, 0), 'pass', 0],
    ['some errors in each', errors(10, 10), 'inconclusive', 0.02],
    ['many errors in one', errors(0, 40), 'fail', 0.04],
  ]);
  testJudgments(test, during(['recovery'], errorRateBelow(0.02)), [
    ['a phase that was never reached', errors(0, 0), 'no data', null],
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
    ['no errors', withErrors(), 'pass', 0],
    ['only errors of other kinds', withErrors(error('server-error', 900)), 'pass', 0],
    ['one error of this kind', withErrors(error('server-error', 9), error('timeout', 1)), 'fail', 1],
    ['at several endpoints', withErrors(error('timeout', 2), error('timeout', 3, 'POST /orders')), 'fail', 5],
    ['no requests', emptyEvidence(), 'no data', null],
  ]);
  testJudgments(test, { ...noTimeouts(), limit: 5 }, [
    ['as many as a limit above 0', withErrors(error('timeout', 5)), 'pass', 5],
    ['one more than a limit above 0', withErrors(error('timeout', 6)), 'fail', 6],
  ]);
});

describe('failed checks', () => {
  testJudgments(test, noFailedCheck(), [
    ['no failed check', evidenceOf(), 'pass', 0],
    ['one failed check', evidenceOf({ totals: { errors: 1 } }), 'fail', 1],
    ['no requests', emptyEvidence(), 'no data', null],
  ]);
});

describe('contracts', () => {
  const contracts = (broken: number, checked: number) => evidenceOf({ contracts: { broken, checked } });
  testJudgments(test, contractsHold(6), [
    ['all responses valid', contracts(0, 6), 'pass', 0],
    ['one response invalid', contracts(1, 6), 'fail', 1],
    ['too few responses checked', contracts(0, 5), 'no data', 0],
    ['one invalid response among too few', contracts(1, 5), 'fail', 1],
    ['no response checked', contracts(0, 0), 'no data', null],
  ]);
});

/** Windows of 5 s with the given mean response times and `each` requests; null is a window without requests. */
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
    totals: { requests: all.length, responseTimeMs: trendOf(all) },
    phases: phases.map((phase) => phaseFigures(phase, { values: valuesIn(phase) })),
    windows: evenWindows(meanMs.length, 5000, { requests, meanMs: [...meanMs] }),
  });
}

describe('mean of the requests', () => {
  testJudgments(test, meanBelow('200ms'), [
    ['steadily under the limit', inWindows(repeat(10, 199.5)), 'pass', 199.5],
    ['steadily at the limit', inWindows(repeat(10, 200)), 'fail', 200],
    ['steadily over the limit', inWindows(repeat(10, 200.5)), 'fail', 200.5],
    ['varying well under the limit', inWindows(alternating(40, 180, 20)), 'pass', 180],
    ['varying about the limit', inWindows(alternating(40, 199, 20)), 'inconclusive', 199],
    ['varying well over the limit', inWindows(alternating(40, 220, 20)), 'fail', 220],
    ['windows without requests do not lower the mean', inWindows([null, ...repeat(9, 201)]), 'fail', 201],
    ['too few requests', inWindows(repeat(3, 100), { each: 9 }), 'no data', 100],
    ['enough requests in too few windows', inWindows([100, 100], { each: 15 }), 'inconclusive', 100],
    ['no requests', inWindows([null, null]), 'no data', null],
  ]);

  const phases = phasesWithLengths({ 'ramp-up': 25_000, hold: 25_000 });
  testJudgments(test, during(['hold'], meanBelow('200ms')), [
    ['fast in the phase, slow before', inWindows([...repeat(5, 900), ...repeat(5, 100)], { phases }), 'pass', 100],
    ['slow in the phase, fast before', inWindows([...repeat(5, 100), ...repeat(5, 900)], { phases }), 'fail', 900],
    ['no requests in the phase', inWindows([...repeat(5, 100), ...repeat(5, null)], { phases }), 'no data', null],
  ]);
  testJudgments(test, during(['no-such-phase'], meanBelow('200ms')), [
    ['no phase with this name', inWindows(repeat(10, 100)), 'no data', null],
  ]);
});

describe('throughput', () => {
  /** Windows of 5 s with the given numbers of requests; 500 requests are 100 per second. */
  const counts = (requests: readonly number[], phases = phasesWithLengths({ hold: requests.length * 5000 })) =>
    evidenceOf({
      run: {
        durationMs: requests.length * 5000,
        workload: { ...evidenceOf().run.workload, phases },
      },
      totals: { requests: requests.reduce((sum, count) => sum + count, 0) },
      phases: phases.map((phase) => ({
        ...phaseFigures(phase, { values: [] }),
        requests: requests.slice(phase.startMs / 5000, phase.endMs / 5000).reduce((sum, count) => sum + count, 0),
      })),
      windows: evenWindows(requests.length, 5000, { requests: [...requests] }),
    });
  testJudgments(test, throughputAbove(100), [
    ['steadily over the limit', counts(repeat(10, 505)), 'pass', 101],
    ['steadily at the limit', counts(repeat(10, 500)), 'fail', 100],
    ['steadily under the limit', counts(repeat(10, 495)), 'fail', 99],
    ['varying well over the limit', counts(alternating(40, 600, 50)), 'pass', 120],
    ['varying about the limit', counts(alternating(40, 505, 50)), 'inconclusive', 101],
    ['varying well under the limit', counts(alternating(40, 400, 50)), 'fail', 80],
    ['an outage lowers the throughput', counts([...repeat(5, 550), 0, 0, 0, ...repeat(5, 550)]), 'inconclusive'],
    ['too few requests', counts(repeat(9, 11)), 'no data', 2.2],
    ['enough requests in too few windows', counts([1000, 1000]), 'inconclusive', 200],
    ['no requests', counts([0, 0, 0]), 'no data', null],
  ]);

  const phases = phasesWithLengths({ 'ramp-up': 25_000, hold: 25_000 });
  const ramp = [100, 200, 300, 400, 500, ...repeat(5, 600)];
  testJudgments(test, during(['hold'], throughputAbove(100)), [
    ['over the limit in the phase, under it before', counts(ramp, phases), 'pass', 120],
    ['under the limit in the phase', counts([...repeat(5, 600), ...repeat(5, 300)], phases), 'fail', 60],
  ]);
  testJudgments(test, during(['no-such-phase'], throughputAbove(100)), [
    ['no phase with this name', counts(ramp, phases), 'no data', null],
  ]);

  const ofEndpoint = (requests: number) =>
    evidenceOf({ endpoints: [endpointFigures('GET /items/:id', { values: repeat(requests, 10) })] });
  // The interval of a Poisson count of 6000 is about ± 153.
  testJudgments(test, forEndpoint('GET /items/:id', throughputAbove(100)), [
    ['an endpoint well over the limit', ofEndpoint(6160), 'pass', 6160 / 60],
    ['an endpoint at the limit', ofEndpoint(6000), 'inconclusive', 100],
    ['an endpoint well under the limit', ofEndpoint(5840), 'fail', 5840 / 60],
    ['an endpoint without requests', evidenceOf(), 'no data', null],
  ]);
});

describe('count of the requests', () => {
  const requests = (count: number) => evidenceOf({ totals: { requests: count } });
  testJudgments(test, requestsAbove(1000), [
    ['one more than the limit', requests(1001), 'pass', 1001],
    ['as many as the limit', requests(1000), 'fail', 1000],
    ['one fewer than the limit', requests(999), 'fail', 999],
    ['no requests', requests(0), 'no data', null],
  ]);
  testJudgments(test, during(['hold'], requestsAbove(999)), [['in a phase', evidenceOf(), 'pass', 1000]]);
});

describe('criteria for one endpoint', () => {
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
    ['p95 just under the limit', slow(repeat(1000, 399.9)), 'pass', 399.9],
    ['p95 at the limit', slow(repeat(1000, 400)), 'fail', 400],
    ['p95 of too few requests', slow(repeat(199, 1)), 'no data', 1],
    ['p95 without requests', slow([]), 'no data', null],
    ['p95 of an unknown endpoint', evidenceOf(), 'no data', null],
  ]);
  testJudgments(test, forEndpoint(SLOW, meanBelow('400ms')), [
    ['constant mean under the limit', slow(repeat(1000, 399)), 'pass', 399],
    ['constant mean at the limit', slow(repeat(1000, 400)), 'fail', 400],
    ['mean with an interval under the limit', slow(alternating(1000, 392, 100)), 'pass', 392],
    ['mean with an interval that contains the limit', slow(alternating(1000, 397, 100)), 'inconclusive', 397],
    ['mean with an interval over the limit', slow(alternating(1000, 408, 100)), 'fail', 408],
    ['mean of too few requests', slow(repeat(29, 1)), 'no data', 1],
    ['mean without requests', slow([]), 'no data', null],
  ]);
  testJudgments(test, forEndpoint(SLOW, errorRateBelow(0.01)), [
    ['no errors at the endpoint, many elsewhere', slow(repeat(1000, 1)), 'pass', 0],
    ['errors here', slow(repeat(1000, 1), 17), 'fail', 0.017],
  ]);
  testJudgments(test, forEndpoint(SLOW, noTimeouts()), [
    ['no timeouts at the endpoint, many elsewhere', slow(repeat(1000, 1)), 'pass', 0],
    ['a timeout at the endpoint', slow(repeat(1000, 1), 1), 'fail', 1],
  ]);
  testJudgments(test, forEndpoint(SLOW, noFailedCheck()), [
    ['no failed check at the endpoint', slow(repeat(1000, 1)), 'pass', 0],
    ['a failed check at the endpoint', slow(repeat(1000, 1), 1), 'fail', 1],
  ]);
  testJudgments(test, forEndpoint(SLOW, requestsAbove(5)), [
    ['enough requests', slow(repeat(6, 1)), 'pass', 6],
    ['too few requests', slow(repeat(5, 1)), 'fail', 5],
  ]);
});

describe('criteria for one endpoint during phases', () => {
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
    ['p95 just under the limit', spiking(9000, 399.9), 'pass', 399.9],
    ['p95 at the limit', spiking(1, 400), 'fail', 400],
    ['p95 of an unknown phase', evidenceOf(), 'no data', null],
  ]);
  testJudgments(test, during(spike, forEndpoint('GET /report', meanBelow('400ms'))), [
    ['mean over both phases', spiking(100, 300), 'pass', 200],
    ['mean over both phases, at the limit', spiking(200, 600), 'inconclusive', 400],
    ['mean of an unknown phase', evidenceOf(), 'no data', null],
  ]);
  testJudgments(test, during(spike, forEndpoint('GET /report', errorRateBelow(0.01))), [
    ['errors only at other endpoints', spiking(1, 1), 'pass', 0],
    ['errors in one of the phases', spiking(1, 900), 'fail', 0.5],
  ]);
  testJudgments(test, during(spike, forEndpoint('GET /report', requestsAbove(999))), [
    ['requests of both phases', spiking(1, 1), 'pass', 1000],
  ]);
  testJudgments(test, during(spike, forEndpoint('GET /report', throughputAbove(40))), [
    ['throughput over both phases', spiking(1, 1), 'pass', 50],
  ]);
});

describe('failed checks during phases', () => {
  const spiking = (errors: number) =>
    phased({ before: { values: repeat(10, 1), errors: 3 }, spike: { values: repeat(10, 1), errors } });
  testJudgments(test, during(['spike'], noFailedCheck()), [
    ['no failed check in the phase, some before', spiking(0), 'pass', 0],
    ['one failed check in the phase', spiking(1), 'fail', 1],
  ]);
});

describe('share of requests refused by design', () => {
  const refused = (count: number, requests = 1000) =>
    evidenceOf({ totals: { requests, refusals: { 429: count, 401: 500 } } });
  testJudgments(test, refusalShareBelow(429, 0.1), [
    ['no refusals', refused(0), 'pass', 0],
    ['few refusals', refused(50), 'pass', 0.05],
    ['as many refusals as the limit', refused(100), 'inconclusive', 0.1],
    ['many refusals', refused(300), 'fail', 0.3],
    ['refusals among too few requests', refused(20, 20), 'no data', 1],
  ]);

  const [atLeast, atMost] = refusalShareBetween(429, 0.5, 0.8);
  testJudgments(test, atLeast, [
    ['enough refusals', refused(650), 'pass', 0.65],
    ['too few refusals', refused(300), 'fail', 0.3],
  ]);
  testJudgments(test, atMost, [
    ['not too many refusals', refused(650), 'pass', 0.65],
    ['too many refusals', refused(950), 'fail', 0.95],
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
    ['at an endpoint without refusals', parts, 'pass', 0],
  ]);
});

describe('share of degraded responses', () => {
  const degraded = (count: number) => evidenceOf({ totals: { degraded: count } });
  testJudgments(test, degradedShareBelow(0.2), [
    ['no degraded responses', degraded(0), 'pass', 0],
    ['mostly degraded responses', degraded(700), 'fail', 0.7],
  ]);
});

describe('start spread of bursts', () => {
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
    ['all bursts narrow', spread(4, 6), 'pass', 6],
    ['one wide burst', spread(4, 70), 'fail', 70],
    ['no VU started', spread(null), 'no data', null],
    ['no bursts', spread(), 'no data', null],
  ]);
  testJudgments(test, during(['b0'], startSpreadBelow('50ms')), [['a single narrow burst', spread(4, 70), 'pass', 4]]);
});
