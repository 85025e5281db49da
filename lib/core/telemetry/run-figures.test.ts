import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { TestPlan } from '../definition/index.ts';
import { hopName, METRICS, type TrendStats } from '../metrics/index.ts';
import { histogramOf } from '../numbers/index.ts';
import {
  constantStats,
  counterSeries,
  phasesWithLengths,
  RUN_START_MS,
  repeat,
  requestSeries,
  summaryWith,
  testPlan,
  trendSeries,
  windowAt,
} from '../testing/evidence.ts';
import { type RunFigures, RunTally, trendOfHistogram } from './run-figures.ts';
import type { Summary } from './summary.ts';
import { RATE_CONDITION, type Window } from './windows.ts';

const READ = 'GET /items/:id';
const ORDER = 'POST /orders';
const endpoints = [READ, ORDER].map((name) => ({ name, expectedStatus: 200 }));

const plan = (parts: Partial<TestPlan> = {}) => testPlan({ endpoints, ...parts });

function figures(testPlan: TestPlan, windows: readonly Window[], summary: Summary | null): RunFigures {
  const tally = new RunTally(testPlan);
  for (const window of windows) tally.add(window);
  return tally.figures(summary);
}

/** Paths of all numbers that JSON cannot represent, except the minimum and maximum of empty histograms. */
function unwritable(value: unknown, path = ''): string[] {
  if (typeof value === 'number') return Number.isFinite(value) || /\.histogram\.(min|max)$/.test(path) ? [] : [path];
  if (typeof value !== 'object' || value === null) return value === undefined ? [path] : [];
  return Object.entries(value).flatMap(([key, part]) => unwritable(part, `${path}.${key}`));
}

describe('totals', () => {
  const windows = [
    windowAt(0, [
      ...requestSeries(READ, repeat(90, 10), { failed: 9 }),
      ...requestSeries(ORDER, repeat(10, 100)),
      counterSeries(METRICS.iterations, 50),
      counterSeries(METRICS.dataReceived, 1000),
      counterSeries(METRICS.dataSent, 100),
      counterSeries(METRICS.vus, 5),
    ]),
    windowAt(5, [
      ...requestSeries(READ, repeat(100, 20), { failed: 1 }),
      counterSeries(METRICS.iterations, 25),
      counterSeries(METRICS.droppedIterations, 3),
      counterSeries(METRICS.dataReceived, 500),
      counterSeries(METRICS.vus, 4),
    ]),
  ];
  const { totals, droppedIterations, vusMax, statuses, overflowed } = figures(plan(), windows, null);

  test('totals are sums over the windows', () => {
    const { responseTimeMs, durationMs, ...counts } = totals;
    assert.deepEqual(counts, {
      requests: 200,
      errors: 10,
      unanswered: 0,
      errorRate: 0.05,
      redirectHops: 0,
      throughputPerS: 20,
      refusals: {},
      degraded: 0,
      iterations: 75,
      receivedBytes: 1500,
      sentBytes: 100,
    });
    assert.equal(durationMs.count, 200);
    assert.equal(durationMs.min, 10);
    assert.equal(durationMs.max, 100);
    assert.equal(durationMs.mean, (90 * 10 + 10 * 100 + 100 * 20) / 200);
    assert.equal(durationMs.histogram?.count, 200);
    assert.deepEqual(responseTimeMs, durationMs);
  });

  test('peak VUs are the maximum, and dropped iterations the sum, over all windows', () => {
    assert.equal(vusMax, 5);
    assert.equal(droppedIterations, 3);
    assert.equal(overflowed, false);
  });

  test('requests are counted by status', () => {
    assert.deepEqual(statuses, { 200: 190, 500: 10 });
  });

  test('throughput is based on the duration in the summary if there is one', () => {
    assert.equal(figures(plan(), windows, summaryWith({ durationMs: 8000 })).totals.throughputPerS, 25);
  });
});

describe('endpoints and phases', () => {
  const phases = phasesWithLengths({ 'ramp-up': 5000, hold: 10_000 });
  const { workload } = testPlan();
  const rampUp = { tags: { phase: 'ramp-up' } };
  const hold = { tags: { phase: 'hold' } };
  const found = figures(
    plan({ workload: { ...workload, phases } }),
    [
      windowAt(0, [
        ...requestSeries(READ, repeat(10, 10), { ...rampUp, failed: 5 }),
        ...requestSeries(ORDER, [100], rampUp),
      ]),
      windowAt(5, [
        ...requestSeries(READ, repeat(30, 20), hold),
        ...requestSeries(ORDER, repeat(10, 200), { ...hold, failed: 2 }),
      ]),
    ],
    null,
  );

  test('each endpoint has separate counts of requests and errors, in the order of the plan', () => {
    assert.deepEqual(
      found.endpoints.map(({ name, requests, errors, errorRate }) => ({ name, requests, errors, errorRate })),
      [
        { name: READ, requests: 40, errors: 5, errorRate: 0.125 },
        { name: ORDER, requests: 11, errors: 2, errorRate: 2 / 11 },
      ],
    );
    assert.equal(found.endpoints[1]?.durationMs.min, 100);
    assert.equal(found.endpoints[1]?.durationMs.max, 200);
  });

  test('each phase has separate requests, errors and throughput', () => {
    assert.deepEqual(
      found.phases.map((phase) => [
        [phase.name, phase.startMs, phase.endMs, phase.throughputPerS],
        [phase.requests, phase.errors, phase.errorRate, phase.degraded],
        [phase.statuses, phase.refusals],
      ]),
      [
        [
          ['ramp-up', 0, 5000, 2.2],
          [11, 5, 5 / 11, 0],
          [{ 200: 6, 500: 5 }, {}],
        ],
        [
          ['hold', 5000, 15_000, 4],
          [40, 2, 0.05, 0],
          [{ 200: 38, 500: 2 }, {}],
        ],
      ],
    );
  });

  test('each phase contains the figures of each endpoint during the phase', () => {
    assert.deepEqual(
      found.phases.map(({ endpoints }) =>
        endpoints.map(({ name, requests, errors, durationMs }) => [name, requests, errors, durationMs.mean]),
      ),
      [
        [
          [READ, 10, 5, 10],
          [ORDER, 1, 0, 100],
        ],
        [
          [READ, 30, 0, 20],
          [ORDER, 10, 2, 200],
        ],
      ],
    );
  });

  test('the throughput of a phase with the duration 0 is 0', () => {
    const jump = { ...workload, phases: phasesWithLengths({ jump: 0, hold: 1000 }) };
    for (const series of [[], requestSeries(READ, [10], { tags: { phase: 'jump' } })]) {
      const [first] = figures(plan({ workload: jump }), [windowAt(0, series)], null).phases;
      assert.equal(first?.throughputPerS, 0);
    }
  });
});

describe('errors', () => {
  const error = (count: number, tags: Record<string, string>) =>
    counterSeries(METRICS.unexpectedResponses, count, tags);
  const timeout = { kind: 'timeout', code: '1050', reason: 'timeout', name: READ };
  const pool = { kind: 'server-error', code: '503', reason: 'db_pool_timeout', name: ORDER };

  test('errors of a run are grouped by kind, code, reason and endpoint, the most frequent first', () => {
    const { errors } = figures(
      plan(),
      [
        windowAt(0, [error(1, { ...timeout, phase: 'hold' }), error(2, pool)]),
        windowAt(5, [error(1, { ...pool, scenario: 'load' }), error(4, { ...pool, name: READ })]),
      ],
      null,
    );
    const { name: _, ...poolKind } = pool;
    assert.deepEqual(errors, [
      { ...poolKind, endpoint: READ, count: 4, share: 0.5 },
      { ...poolKind, endpoint: ORDER, count: 3, share: 0.375 },
      { kind: 'timeout', code: '1050', reason: 'timeout', endpoint: READ, count: 1, share: 0.125 },
    ]);
  });
});

describe('refusals and degraded responses', () => {
  const refused = (name: string, status: string, count: number) => [
    counterSeries(METRICS.requests, count, { name, status, phase: 'hold' }),
    counterSeries(METRICS.designedRefusals, count, { name, status, phase: 'hold' }),
  ];
  const windows = [
    windowAt(0, [
      ...requestSeries(READ, repeat(10, 10), { tags: { phase: 'hold' } }),
      ...refused(ORDER, '429', 4),
      ...refused(ORDER, '401', 1),
      counterSeries(METRICS.degradedResponses, 3, { name: READ, phase: 'hold' }),
    ]),
    windowAt(5, refused(ORDER, '429', 2)),
  ];
  const found = figures(plan(), windows, null);

  test('refusals and degraded responses are counted for the run, for each endpoint and for each phase', () => {
    const [read, order] = found.endpoints;
    assert.deepEqual([found.totals.refusals, found.totals.degraded], [{ 429: 6, 401: 1 }, 3]);
    assert.deepEqual([read?.refusals, read?.degraded, read?.statuses], [{}, 3, { 200: 10 }]);
    assert.deepEqual([order?.refusals, order?.degraded, order?.errors], [{ 429: 6, 401: 1 }, 0, 0]);
    assert.deepEqual(found.phases[0]?.refusals, { 429: 6, 401: 1 });
    assert.deepEqual(found.phases[0]?.statuses, { 200: 10, 401: 1, 429: 6 });
  });
});

describe('bursts', () => {
  const { workload } = plan();
  const bursting = plan({
    workload: {
      ...workload,
      bursts: [
        { phase: 'a', vus: 3 },
        { phase: 'b', vus: 2 },
      ],
    },
  });

  test('the spread of a burst is the time from the first VU start to the last', () => {
    const windows = [
      windowAt(0, [trendSeries(METRICS.burstOffset, [1, 4], { phase: 'a' })]),
      windowAt(5, [trendSeries(METRICS.burstOffset, [9], { phase: 'a' })]),
    ];
    assert.deepEqual(figures(bursting, windows, null).bursts, [
      { phase: 'a', vus: 3, began: 3, spreadMs: 8 },
      { phase: 'b', vus: 2, began: 0, spreadMs: null },
    ]);
  });
});

describe('flows', () => {
  const flows = [{ name: 'order', steps: ['choose', 'pay', 'ship'] }];
  const failed = (reason: string) => ({ flow: 'order', outcome: 'failed', reason });
  const ok = { flow: 'order', outcome: 'ok' };
  const windows = [
    windowAt(0, [
      trendSeries(METRICS.flowDuration, repeat(6, 1000), ok),
      trendSeries(METRICS.flowDuration, repeat(1, 3000), failed('pay: declined')),
      trendSeries(METRICS.stepDuration, repeat(9, 400), { ...ok, step: 'choose' }),
      trendSeries(METRICS.stepDuration, repeat(6, 600), { ...ok, step: 'pay' }),
      trendSeries(METRICS.stepDuration, [2600], { ...failed('declined'), step: 'pay' }),
    ]),
    windowAt(5, []),
    windowAt(10, [
      trendSeries(METRICS.flowDuration, repeat(3, 4000), failed('pay: timeout')),
      trendSeries(METRICS.flowDuration, [5000], failed('pay: declined')),
      trendSeries(METRICS.flowDuration, [100], { ...ok, flow: 'other' }),
    ]),
  ];
  const [flow] = figures(plan({ flows }), windows, null).flows;

  test('flow figures count iterations and successful iterations', () => {
    assert.ok(flow);
    const { name, iterations, succeeded, successRate, durationMs } = flow;
    assert.deepEqual(
      { name, iterations, succeeded, successRate },
      { name: 'order', iterations: 11, succeeded: 6, successRate: 6 / 11 },
    );
    assert.equal(durationMs.mean, (6 * 1000 + 3000 + 3 * 4000 + 5000) / 11);
  });

  test('flow figures list the reasons for failures with their share, the most frequent first', () => {
    assert.deepEqual(flow?.failures, [
      { reason: 'pay: timeout', count: 3, share: 0.6 },
      { reason: 'pay: declined', count: 2, share: 0.4 },
    ]);
  });

  test('flow figures contain every step of the plan, and mark a step without data as not observable', () => {
    assert.deepEqual(
      flow?.steps.map(({ durationMs, ...rest }) => ({ ...rest, meanMs: durationMs.mean })),
      [
        { name: 'choose', observable: true, attempts: 9, succeeded: 9, successRate: 1, meanMs: 400 },
        {
          name: 'pay',
          observable: true,
          attempts: 7,
          succeeded: 6,
          successRate: 6 / 7,
          meanMs: (6 * 600 + 2600) / 7,
        },
        { name: 'ship', observable: false, attempts: 0, succeeded: 0, successRate: 0, meanMs: 0 },
      ],
    );
  });

  test('flow figures have a value per window, with null if no iteration ended in it', () => {
    assert.deepEqual(figures(plan({ flows }), windows, null).windows.flows, {
      order: { iterations: [7, 0, 4], succeeded: [6, 0, 0], meanMs: [9000 / 7, null, 17_000 / 4] },
    });
  });

  test('flow figures list failures without a reason as unknown', () => {
    const window = windowAt(0, [trendSeries(METRICS.flowDuration, [1], { flow: 'order', outcome: 'failed' })]);
    assert.deepEqual(figures(plan({ flows }), [window], null).flows[0]?.failures, [
      { reason: 'unknown', count: 1, share: 1 },
    ]);
  });
});

describe('contracts', () => {
  test('contract figures count all checked responses, and those that break their contract', () => {
    const checked = (count: number, condition: string) =>
      counterSeries(METRICS.contractsHold, count, { name: READ, [RATE_CONDITION.tag]: condition });
    const windows = [
      windowAt(0, [checked(7, RATE_CONDITION.held), checked(1, RATE_CONDITION.failed)]),
      windowAt(5, [checked(2, RATE_CONDITION.held)]),
    ];
    assert.deepEqual(figures(plan({ contractShare: 0.5 }), windows, null).contracts, {
      share: 0.5,
      checked: 10,
      broken: 1,
    });
  });
});

describe("k6's own statistics", () => {
  const histogram = histogramOf(repeat(10, 100));
  const ten = constantStats(10, 101);
  const flowing = plan({ flows: [{ name: 'order', steps: ['pay'] }] });
  /** @param succeeded successful iterations of the flow, and successful attempts of its step */
  const summaryFrom = ({
    requests,
    flow,
    errors,
    succeeded: [succeeded, paid],
  }: Record<'requests' | 'flow', TrendStats> & { errors: number; succeeded: [number, number] }) =>
    summaryWith({
      requestDurationMs: requests,
      responseTimeMs: requests,
      endpoints: [{ name: READ, errors, responseTimeMs: requests }],
      phases: [{ name: 'hold', errors, responseTimeMs: requests }],
      flows: [
        {
          name: 'order',
          iterations: flow.count,
          succeeded,
          durationMs: flow,
          steps: [{ name: 'pay', succeeded: paid, durationMs: flow }],
        },
      ],
    });

  test("k6's own statistics replace the statistics of a histogram with the same number of samples", () => {
    assert.deepEqual(trendOfHistogram(histogram, constantStats(10, 101)), {
      ...constantStats(10, 101),
      histogram,
    });
  });

  test("k6's own statistics are ignored if the histogram has a different number of samples", () => {
    assert.deepEqual(trendOfHistogram(histogram, constantStats(11, 101)), {
      ...constantStats(10, 100),
      histogram,
    });
  });

  test("k6's own statistics are used alone if the histogram is empty", () => {
    assert.deepEqual(trendOfHistogram(histogramOf([]), constantStats(11, 101)), {
      ...constantStats(11, 101),
      histogram: null,
    });
  });

  test("k6's own statistics provide the number of failures if there is no telemetry", () => {
    const found = figures(flowing, [], summaryFrom({ requests: ten, flow: ten, errors: 2, succeeded: [7, 8] }));
    assert.equal(found.endpoints[0]?.errorRate, 0.2);
    assert.equal(found.phases[0]?.errorRate, 0.2);
    assert.equal(found.flows[0]?.successRate, 0.7);
    assert.equal(found.flows[0]?.steps[0]?.successRate, 0.8);
  });

  test("k6's own statistics are used for the run and for each endpoint, phase, flow and step", () => {
    const requestTags = { name: READ, phase: 'hold' };
    const tags = { flow: 'order', step: 'pay', outcome: 'ok' };
    const series = [
      trendSeries(METRICS.responseTime, repeat(10, 100), requestTags),
      trendSeries(METRICS.requestDuration, repeat(10, 100), requestTags),
      trendSeries(METRICS.flowDuration, [100], tags),
      trendSeries(METRICS.stepDuration, [100], tags),
    ];
    const flow = constantStats(1, 102);
    const summary = summaryFrom({ requests: ten, flow, errors: 0, succeeded: [1, 1] });
    const found = figures(flowing, [windowAt(0, series)], summary);
    assert.equal(found.totals.responseTimeMs.p95, 101);
    assert.equal(found.totals.durationMs.p95, 101);
    assert.equal(found.endpoints[0]?.responseTimeMs.p95, 101);
    assert.equal(found.phases[0]?.responseTimeMs.p95, 101);
    assert.equal(found.flows[0]?.durationMs.p95, 102);
    assert.equal(found.flows[0]?.steps[0]?.durationMs.p95, 102);
  });
});

describe('windows', () => {
  const scenarios = testPlan().workload.scenarios;
  const probed = plan({
    workload: { ...testPlan().workload, scenarios: { ...scenarios, probe: scenarios.load ?? assert.fail() } },
  });
  const windows = [
    windowAt(0, [
      ...requestSeries(READ, repeat(8, 10), { failed: 2, tags: { scenario: 'load' } }),
      counterSeries(METRICS.vus, 3),
    ]),
    windowAt(5, []),
    windowAt(
      10,
      [...requestSeries(READ, repeat(4, 40), { tags: { scenario: 'probe' } }), counterSeries(METRICS.vus, 1)],
      { lengthS: 2 },
    ),
  ];

  const durations = (ms: (number | null)[]) => ({ meanMs: ms, p50Ms: ms, p95Ms: ms });

  test('the windows of a run become columns, with null for windows without samples', () => {
    assert.deepEqual(figures(plan(), windows, null).windows, {
      startMs: [0, 5000, 10_000],
      durationMs: [5000, 5000, 2000],
      vus: [3, null, 1],
      requests: [8, 0, 4],
      errors: [2, 0, 0],
      errorsByKind: { 'server-error': [2, 0, 0] },
      iterations: [0, 0, 0],
      droppedIterations: [0, 0, 0],
      ...durations([10, null, 40]),
      p99Ms: [10, null, 40],
      scenarios: {},
      flows: {},
      newConnections: [0, 0, 0],
      endpoints: {
        [READ]: { requests: [8, 0, 4], errors: [2, 0, 0], newConnections: [0, 0, 0], ...durations([10, null, 40]) },
        [ORDER]: {
          requests: [0, 0, 0],
          errors: [0, 0, 0],
          newConnections: [0, 0, 0],
          ...durations([null, null, null]),
        },
      },
    });
  });

  test('the windows of a run count requests that opened a connection', () => {
    const connecting = [windowAt(0, [trendSeries(METRICS.connecting, [0, 0, 0.4, 3], { name: READ })])];
    const found = figures(plan(), connecting, null).windows;
    assert.deepEqual(found.newConnections, [2]);
    assert.deepEqual([found.endpoints[READ]?.newConnections, found.endpoints[ORDER]?.newConnections], [[2], [0]]);
  });

  test('the windows of a run count errors by kind, iterations and dropped iterations', () => {
    const failing = [
      windowAt(0, [
        counterSeries(METRICS.unexpectedResponses, 2, { kind: 'timeout', name: 'a' }),
        counterSeries(METRICS.unexpectedResponses, 1, { kind: 'timeout', name: 'b' }),
        counterSeries(METRICS.iterations, 7),
      ]),
      windowAt(5, [
        counterSeries(METRICS.unexpectedResponses, 4, { kind: 'rate-limited' }),
        counterSeries(METRICS.droppedIterations, 3),
      ]),
    ];
    const { errorsByKind, iterations, droppedIterations } = figures(plan(), failing, null).windows;
    assert.deepEqual(errorsByKind, { timeout: [3, 0], 'rate-limited': [0, 4] });
    assert.deepEqual(iterations, [7, 0]);
    assert.deepEqual(droppedIterations, [0, 3]);
  });

  test('the windows of a run have separate columns for each scenario if there are several', () => {
    assert.deepEqual(figures(probed, windows, null).windows.scenarios, {
      load: { requests: [8, 0, 0], errors: [2, 0, 0], ...durations([10, null, null]) },
      probe: { requests: [0, 0, 4], errors: [0, 0, 0], ...durations([null, null, 40]) },
    });
  });
});

describe('redirects', () => {
  const hop = { name: hopName(READ), phase: 'hold' };
  const sent = { name: READ, phase: 'hold' };
  const series = [
    trendSeries(METRICS.responseTime, repeat(10, 900), sent),
    trendSeries(METRICS.requestDuration, repeat(10, 100), sent),
    trendSeries(METRICS.requestDuration, repeat(9, 800), hop),
    counterSeries(METRICS.requests, 10, { ...sent, status: '302' }),
    counterSeries(METRICS.requests, 8, { ...hop, status: '200' }),
    counterSeries(METRICS.requests, 1, { ...hop, status: '500' }),
    counterSeries(METRICS.unexpectedResponses, 2, { ...sent, kind: 'unanswered', code: '1050' }),
  ];
  const redirected = plan({ endpoints: [{ name: READ, expectedStatus: 200, redirects: 1 }] });
  const { totals, endpoints, phases, statuses, windows } = figures(redirected, [windowAt(0, series)], null);

  test('a call that follows redirects is one request with the duration of the whole call, and its hops are counted separately', () => {
    for (const found of [totals, endpoints[0], phases[0]]) {
      assert.deepEqual([found?.requests, found?.redirectHops, found?.unanswered], [10, 9, 2]);
      assert.equal(found?.responseTimeMs.max, 900);
    }
    assert.equal(endpoints[0]?.durationMs.max, 100);
    assert.deepEqual([windows.requests, windows.endpoints[READ]?.requests], [[10], [10]]);
  });

  test('a call that follows redirects has the status of its last response', () => {
    for (const found of [statuses, endpoints[0]?.statuses, phases[0]?.statuses])
      assert.deepEqual(found, { 200: 8, 302: 1, 500: 1 });
  });
});

describe('the figures of a run without samples are zeros that JSON can represent', () => {
  const flows = [{ name: 'order', steps: ['pay'] }];
  const cases = {
    'without windows': [],
    'with empty windows': [windowAt(0, []), windowAt(5, [])],
    'with a window of the length 0': [windowAt(0, [], { lengthS: 0 })],
    'with an empty trend': [windowAt(0, [trendSeries(METRICS.requestDuration, [], { name: READ, phase: 'hold' })])],
  };
  for (const [what, windows] of Object.entries(cases)) {
    for (const summary of [null, summaryWith({ durationMs: 0 })]) {
      test(`figures are finite numbers: ${what}, ${summary ? 'with' : 'without'} a summary`, () => {
        const found = figures(plan({ flows }), windows, summary);
        assert.deepEqual(unwritable(found), []);
        assert.equal(found.totals.requests, 0);
        assert.equal(found.totals.errorRate, 0);
        assert.equal(found.totals.throughputPerS, 0);
        assert.equal(found.totals.durationMs.p95, 0);
        assert.equal(found.flows[0]?.successRate, 0);
        assert.deepEqual(found.errors, []);
        assert.deepEqual(found.statuses, {});
      });
    }
  }
});

describe('telemetry that overflowed', () => {
  // Series that an SDK merges lose all their tags, including those for conditions.
  const overflow = [
    counterSeries(METRICS.requests, 5),
    counterSeries(METRICS.unexpectedResponses, 2),
    trendSeries(METRICS.requestDuration, repeat(5, 10)),
  ];
  const found = figures(
    plan(),
    [windowAt(0, requestSeries(READ, repeat(10, 10))), windowAt(5, overflow, { overflowed: true })],
    null,
  );

  test('telemetry that overflowed is marked in the result', () => {
    assert.equal(found.overflowed, true);
  });

  test('telemetry that overflowed is included in the totals', () => {
    assert.equal(found.totals.requests, 15);
    assert.equal(found.totals.durationMs.count, 15);
  });

  test('telemetry that overflowed is not included in the figures by status, endpoint and kind of error', () => {
    assert.deepEqual(found.statuses, { 200: 10 });
    assert.equal(found.endpoints[0]?.requests, 10);
    assert.deepEqual(found.errors, []);
  });
});

test('reading the figures during a run does not change the final figures', () => {
  const tally = new RunTally(plan());
  assert.equal(tally.period, null);
  tally.add(windowAt(0, requestSeries(READ, [10, 20])));
  assert.equal(tally.figures(null).totals.requests, 2);
  tally.add(windowAt(5, requestSeries(READ, [30])));
  assert.equal(tally.figures(null).totals.requests, 3);
  assert.deepEqual(tally.figures(null), tally.figures(null));
  assert.deepEqual(tally.period, { startMs: RUN_START_MS, endMs: RUN_START_MS + 10_000 });
});
