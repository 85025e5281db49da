import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CRITERION_OF_EACH_KIND } from '../testing/evidence.ts';
import {
  breakingPointAbove,
  contractsHold,
  driftBelow,
  during,
  errorRateBelow,
  flowMeanBelow,
  flowPercentileBelow,
  flowSuccessAbove,
  forEndpoint,
  forStep,
  inEveryWindow,
  meanBelow,
  memoryGrowthBelow,
  memorySlopeBelow,
  minor,
  noConnectionLeak,
  noFailedCheck,
  noRestarts,
  noTimeouts,
  percentileBelow,
  recoversWithin,
  requestsAbove,
  throughputAbove,
} from './criteria.ts';
import { type Criterion, meetsLimit } from './criterion.ts';

const MB = 1024 * 1024;
const spike = { scenario: 'probe', referencePhase: 'before', recoveryPhase: 'recovery', tolerance: 0.2 };

const constructors: [
  criterion: Criterion,
  id: string,
  title: string,
  comparison: Criterion['comparison'],
  limit: number,
  unit: Criterion['unit'],
  minSamples: number,
][] = [
  [percentileBelow(0.95, '400ms'), 'p95', 'p95 response time', 'below', 400, 'ms', 200],
  [errorRateBelow(0.01), 'error-rate', 'error rate', 'below', 0.01, 'fraction', 100],
  [meanBelow('200ms'), 'mean', 'mean response time', 'below', 200, 'ms', 30],
  [throughputAbove(200), 'throughput', 'throughput', 'above', 200, 'perSecond', 100],
  [requestsAbove(1e5), 'requests', 'requests', 'above', 1e5, 'count', 1],
  [noTimeouts(), 'timeouts', 'timeouts', 'at-most', 0, 'count', 1],
  [noFailedCheck(), 'failed-checks', 'failed checks', 'at-most', 0, 'count', 1],
  [contractsHold(6), 'contracts', 'responses that break their contract', 'at-most', 0, 'count', 6],
  [flowSuccessAbove('order', 0.95), 'order-success', 'order success rate', 'above', 0.95, 'fraction', 30],
  [flowMeanBelow('order', '5s'), 'order-mean', 'order mean duration', 'below', 5000, 'ms', 30],
  [flowPercentileBelow('order', 0.99, '1m30s'), 'order-p99', 'order p99 duration', 'below', 90_000, 'ms', 1000],
  [recoversWithin('30s', spike), 'recovery-time', 'recovery time', 'below', 30_000, 'ms', 10],
  [memoryGrowthBelow(100, 'hold'), 'memory-growth', 'memory growth during hold', 'below', 100 * MB, 'bytes', 36],
  [memorySlopeBelow(50, 'hold'), 'memory-slope', 'memory slope during hold', 'below', 50 * MB, 'bytesPerHour', 36],
  [noRestarts(), 'restarts', 'restarts', 'at-most', 0, 'count', 2],
  [
    breakingPointAbove(200, ['ramp-up'], [percentileBelow(0.95, '400ms'), errorRateBelow(0.005)]),
    'breaking-point',
    'breaking point during ramp-up (p95 response time below 400 ms, error rate below 0.5 %)',
    'above',
    200,
    'perSecond',
    10,
  ],
  [
    inEveryWindow(percentileBelow(0.95, '400ms'), { share: 0.95 }),
    'p95-in-windows',
    'windows with p95 response time below 400 ms',
    'above',
    0.95,
    'fraction',
    73,
  ],
  [noConnectionLeak(), 'connection-leak', 'database connections not returned', 'at-most', 0, 'count', 3],
  [driftBelow(0.1, 'hold'), 'drift', 'response time drift during hold', 'below', 0.1, 'fraction', 20],
];

for (const [criterion, id, title, comparison, limit, unit, minSamples] of constructors) {
  test(`the criterion ${id} has a title, a limit and a minimum number of samples, and is critical`, () => {
    const { measure: _, ...rest } = criterion;
    assert.deepEqual(rest, { id, title, comparison, limit, unit, minSamples, severity: 'critical' });
  });
}

const percentiles: [q: number, id: string, minSamples: number][] = [
  [0.5, 'p50', 20],
  [0.75, 'p75', 40],
  [0.9, 'p90', 100],
  [0.95, 'p95', 200],
  [0.99, 'p99', 1000],
  [0.999, 'p99.9', 10_000],
];

for (const [q, id, minSamples] of percentiles) {
  test(`a ${id} requires ${minSamples} samples, so that ten samples lie above the percentile`, () => {
    for (const [criterion, expectedId] of [
      [percentileBelow(q, '1s'), id],
      [flowPercentileBelow('order', q, '1s'), `order-${id}`],
    ] as const) {
      assert.equal(criterion.id, expectedId);
      assert.equal(criterion.minSamples, minSamples);
    }
  });
}

test('during adds the phases to the id and the title, and does not modify the original criterion', () => {
  const whole = percentileBelow(0.95, '500ms');
  const narrowed = during(['spike-up', 'spike'], whole);
  assert.deepEqual(narrowed, {
    ...whole,
    id: 'p95@spike-up+spike',
    phases: ['spike-up', 'spike'],
    title: 'p95 response time during spike-up, spike',
  });
  assert.equal(whole.phases, undefined);
});

const titles: [criterion: Criterion, id: string, title: string][] = [
  [
    forEndpoint('GET /admin/stats/:id', percentileBelow(0.95, '200ms')),
    'p95[GET /admin/stats/:id]',
    'p95 response time of GET /admin/stats/:id',
  ],
  [
    during(['hold'], forEndpoint('GET /admin/stats/:id', percentileBelow(0.95, '200ms'))),
    'p95[GET /admin/stats/:id]@hold',
    'p95 response time of GET /admin/stats/:id during hold',
  ],
  [forEndpoint('GET /items', noTimeouts()), 'timeouts[GET /items]', 'timeouts of GET /items'],
  [forStep('pay', flowMeanBelow('order', '1s')), 'order-mean[pay]', 'order mean duration of step pay'],
  [during(['hold'], throughputAbove(5)), 'throughput@hold', 'throughput during hold'],
  [
    during(['hold'], inEveryWindow(flowSuccessAbove('order', 0.95), { share: 0.9 })),
    'order-success-in-windows@hold',
    'windows with order success rate above 95 % during hold',
  ],
  [
    inEveryWindow(meanBelow('1500ms'), { share: 0.9 }),
    'mean-in-windows',
    'windows with mean response time below 1500 ms',
  ],
  [inEveryWindow(meanBelow('1m30s'), { share: 0.9 }), 'mean-in-windows', 'windows with mean response time below 90 s'],
  [inEveryWindow(throughputAbove(100), { share: 0.9 }), 'throughput-in-windows', 'windows with throughput above 100/s'],
];
for (const [criterion, id, title] of titles) {
  test(`the narrowed criterion ${id} has the title "${title}"`, () => {
    assert.equal(criterion.title, title);
    assert.equal(criterion.id, id);
  });
}

test('a narrowed criterion contains the endpoint or step that it is limited to', () => {
  assert.equal(forEndpoint('GET /items', noTimeouts()).endpoint, 'GET /items');
  assert.equal(forStep('pay', flowMeanBelow('order', '1s')).step, 'pay');
});

test('minor changes only the severity of a criterion, and narrowing keeps the severity', () => {
  assert.deepEqual(minor(noRestarts()), { ...noRestarts(), severity: 'minor' });
  assert.equal(during(['hold'], minor(errorRateBelow(0.01))).severity, 'minor');
  assert.equal(inEveryWindow(minor(errorRateBelow(0.01)), { share: 0.9 }).severity, 'minor');
});

describe('narrowing a criterion throws for parts that results do not record', () => {
  const p95 = percentileBelow(0.95, '400ms');
  const cases: [what: string, make: () => unknown, message: RegExp][] = [
    [
      'a connection leak of an endpoint',
      // @ts-expect-error: results do not record connections for each endpoint
      () => forEndpoint('GET /items', noConnectionLeak()),
      /^forEndpoint cannot narrow "database connections not returned"\. It accepts only request-percentile, /,
    ],
    [
      'a recovery time during a phase',
      // @ts-expect-error: the criterion already contains its phases
      () => during(['hold'], recoversWithin('30s', spike)),
      /^during cannot narrow "recovery time"/,
    ],
    [
      'the response times of a step',
      // @ts-expect-error: only criteria on flows have steps
      () => forStep('pay', p95),
      /^forStep cannot narrow "p95 response time"\. It accepts only flow-percentile, flow-mean, flow-success-rate\.$/,
    ],
    [
      'timeouts in every window',
      // @ts-expect-error: windows have no column for timeouts
      () => inEveryWindow(noTimeouts(), { share: 0.9 }),
      /^inEveryWindow cannot narrow "timeouts"/,
    ],
    [
      'a criterion that already has phases',
      () => during(['a'], during(['b'], p95)),
      /"p95 response time during b" further/,
    ],
    [
      'forEndpoint around during instead of inside it',
      () => forEndpoint('GET /items', during(['a'], p95)),
      /Call during\(…\) around forEndpoint\(…\) and inEveryWindow\(…\), not inside them\./,
    ],
    [
      'every window of an endpoint',
      () => inEveryWindow(forEndpoint('GET /items', p95), { share: 0.9 }),
      /inEveryWindow cannot narrow "p95 response time of GET \/items" further/,
    ],
    [
      'every window of a step',
      () => inEveryWindow(forStep('pay', flowMeanBelow('order', '1s')), { share: 0.9 }),
      /inEveryWindow cannot narrow "order mean duration of step pay" further/,
    ],
    [
      'a percentile that windows do not have',
      () => inEveryWindow(percentileBelow(0.9, '1s'), { share: 0.9 }),
      /^Windows have no p90 response time\. Use p50, p95 or p99\.$/,
    ],
    ...[0, 1, 95, Number.NaN].map((share): [string, () => unknown, RegExp] => [
      `a share of ${share}`,
      () => inEveryWindow(p95, { share }),
      new RegExp(`^The share of windows is ${share}, but it must be between 0 and 1, such as 0\\.95\\.$`),
    ]),
    [
      'a breaking point without limits',
      () => breakingPointAbove(200, ['ramp-up'], []),
      /^A breaking point requires at least one limit\.$/,
    ],
    [
      'a breaking point by a percentile that windows do not have',
      () => breakingPointAbove(200, ['ramp-up'], [percentileBelow(0.999, '1s')]),
      /^Windows have no p99\.9 response time/,
    ],
  ];
  for (const [what, make, message] of cases) {
    test(`narrowing throws for ${what}`, () => {
      assert.throws(make, { name: 'RangeError', message });
    });
  }
});

test('meetsLimit accepts values below, above, or up to the limit', () => {
  const sides: [comparison: Criterion['comparison'], under: boolean, at: boolean, over: boolean][] = [
    ['below', true, false, false],
    ['above', false, false, true],
    ['at-most', true, true, false],
  ];
  for (const [comparison, ...expected] of sides)
    assert.deepEqual(
      [9, 10, 11].map((value) => meetsLimit({ comparison, limit: 10 }, value)),
      expected,
    );
});

for (const [kind, make] of Object.entries(CRITERION_OF_EACH_KIND)) {
  test(`a criterion of the kind ${kind} is unchanged after serialization as JSON`, () => {
    assert.deepEqual(JSON.parse(JSON.stringify(make())), make());
  });
}

test('criteria on durations reject a limit that is not a duration', () => {
  for (const make of [
    () => percentileBelow(0.95, '400'),
    () => meanBelow('200'),
    () => flowMeanBelow('order', 'soon'),
    () => flowPercentileBelow('order', 0.95, ''),
    () => recoversWithin('30 s', spike),
  ])
    assert.throws(make, { name: 'RangeError', message: /is not a duration/ });
});
