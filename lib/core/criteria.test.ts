import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type Criterion,
  contractsHold,
  driftBelow,
  during,
  errorRateBelow,
  flowMeanBelow,
  flowPercentileBelow,
  flowSuccessAbove,
  memoryGrowthBelow,
  noConnectionLeak,
  noFailedCheck,
  noTimeouts,
  percentileBelow,
  recoversWithin,
} from './criteria.ts';

const MB = 1024 * 1024;
const spike = { scenario: 'probe', referencePhase: 'before', recoveryPhase: 'recovery', tolerance: 0.2 };

type Stated = Pick<Criterion, 'id' | 'title' | 'comparison' | 'limit' | 'unit' | 'minSamples'>;

const constructors: [made: Criterion, stated: Stated][] = [
  [
    percentileBelow(0.95, '400ms'),
    { id: 'p95', title: 'p95 response time', comparison: 'below', limit: 400, unit: 'ms', minSamples: 200 },
  ],
  [
    errorRateBelow(0.01),
    {
      id: 'error-rate',
      title: 'error rate',
      comparison: 'below',
      limit: 0.01,
      unit: 'fraction',
      minSamples: 100,
    },
  ],
  [
    noTimeouts(),
    { id: 'timeouts', title: 'timeouts', comparison: 'at-most', limit: 0, unit: 'count', minSamples: 1 },
  ],
  [
    noFailedCheck(),
    {
      id: 'failed-checks',
      title: 'failed checks',
      comparison: 'at-most',
      limit: 0,
      unit: 'count',
      minSamples: 1,
    },
  ],
  [
    contractsHold(6),
    {
      id: 'contracts',
      title: 'responses that break their contract',
      comparison: 'at-most',
      limit: 0,
      unit: 'count',
      minSamples: 6,
    },
  ],
  [
    flowSuccessAbove('order', 0.95),
    {
      id: 'order-success',
      title: 'order success rate',
      comparison: 'above',
      limit: 0.95,
      unit: 'fraction',
      minSamples: 30,
    },
  ],
  [
    flowMeanBelow('order', '5s'),
    {
      id: 'order-mean',
      title: 'order mean duration',
      comparison: 'below',
      limit: 5000,
      unit: 'ms',
      minSamples: 30,
    },
  ],
  [
    flowPercentileBelow('order', 0.99, '1m30s'),
    {
      id: 'order-p99',
      title: 'order p99 duration',
      comparison: 'below',
      limit: 90_000,
      unit: 'ms',
      minSamples: 1000,
    },
  ],
  [
    recoversWithin('30s', spike),
    {
      id: 'recovery-time',
      title: 'recovery time',
      comparison: 'below',
      limit: 30_000,
      unit: 'ms',
      minSamples: 10,
    },
  ],
  [
    memoryGrowthBelow(100, 'hold'),
    {
      id: 'memory-growth',
      title: 'memory growth during hold',
      comparison: 'below',
      limit: 100 * MB,
      unit: 'bytes',
      minSamples: 30,
    },
  ],
  [
    noConnectionLeak(),
    {
      id: 'connection-leak',
      title: 'database connections not returned',
      comparison: 'at-most',
      limit: 0,
      unit: 'count',
      minSamples: 3,
    },
  ],
  [
    driftBelow(0.1, 'hold'),
    {
      id: 'drift',
      title: 'response time drift during hold',
      comparison: 'below',
      limit: 0.1,
      unit: 'fraction',
      minSamples: 20,
    },
  ],
];

for (const [made, stated] of constructors) {
  test(`${stated.id} states what it promises, and is critical`, () => {
    const { measure: _, severity, ...rest } = made;
    assert.deepEqual(rest, stated);
    assert.equal(severity, 'critical');
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
  test(`${id} takes ${minSamples} samples: ten beyond it`, () => {
    for (const [made, expectedId] of [
      [percentileBelow(q, '1s'), id],
      [flowPercentileBelow('order', q, '1s'), `order-${id}`],
    ] as const) {
      assert.equal(made.id, expectedId);
      assert.equal(made.minSamples, minSamples);
    }
  });
}

test('a criterion during phases says so in its id and title, and leaves the one it was made from alone', () => {
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

test('a limit that is no duration is refused where it is written', () => {
  for (const make of [
    () => percentileBelow(0.95, '400'),
    () => flowMeanBelow('order', 'soon'),
    () => flowPercentileBelow('order', 0.95, ''),
    () => recoversWithin('30 s', spike),
  ])
    assert.throws(make, { name: 'RangeError', message: /is not a duration/ });
});
