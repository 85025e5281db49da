import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  type ComponentName,
  type ErrorFigures,
  PM2_COLUMNS,
  POSTGRESQL_COLUMNS,
  READINESS_COMPONENTS,
  type Result,
  TARGET_COLUMNS,
} from '../evidence/index.ts';
import type { ErrorKind } from '../metrics/index.ts';
import { sum } from '../numbers/index.ts';
import {
  diagnosis,
  emptyEvidence,
  instants,
  judgedCriterion,
  resultOf,
  samplesOf,
  trendOf,
} from '../testing/evidence.ts';
import { assessReadiness } from './readiness.ts';

const SECOND = 1000;
const AT = instants(-SECOND, 62 * SECOND, SECOND);

type Columns = Parameters<typeof samplesOf>[1];

const TARGET: Columns = {
  [TARGET_COLUMNS.restarts]: () => 0,
  [TARGET_COLUMNS.connectionsActive]: () => 3,
  [TARGET_COLUMNS.connectionsMax]: () => 20,
  [TARGET_COLUMNS.connectionTimeouts]: () => 0,
};
const POSTGRESQL: Columns = {
  [POSTGRESQL_COLUMNS.connections]: () => 24,
  [POSTGRESQL_COLUMNS.maxConnections]: () => 120,
  [POSTGRESQL_COLUMNS.deadlocks]: () => 0,
};
const PM2: Columns = { [PM2_COLUMNS.restarts]: () => 0 };

const PROBES = { target: TARGET, postgresql: POSTGRESQL, pm2: PM2 };

/** Samples of the probes over the run. */
const monitored = (probes: Partial<typeof PROBES> = PROBES): Result['resources'] =>
  Object.fromEntries(Object.entries(probes).map(([probe, columns]) => [probe, samplesOf(AT, columns)]));

type Parts = Parameters<typeof resultOf>[0];

const withColumn = (probe: keyof typeof PROBES, column: string, values: Columns[string]): Parts => ({
  resources: monitored({ ...PROBES, [probe]: { ...PROBES[probe], [column]: values } }),
});

function without(probe: keyof typeof PROBES): Parts {
  const { [probe]: _, ...remaining } = PROBES;
  return { resources: monitored(remaining) };
}

const configured = (missing: string[]): Parts => ({
  details: { configuration: { required: ['A_URL', 'B_KEY'], missing } },
});

const withCriteria = (...criteria: Parameters<typeof judgedCriterion>[0][]): Parts => ({
  criteria: criteria.map(judgedCriterion),
});

const healthy = (parts: Parts = {}): Result => resultOf({ resources: monitored(), ...configured([]), ...parts });

/** Errors of one kind among a thousand requests. */
function failing(kind: ErrorKind, count: number, reason: string = kind): Parts {
  const error: ErrorFigures = { kind, code: '500', reason, endpoint: 'GET /items/:id', count, share: 1 };
  return {
    totals: { errors: count, errorRate: count / 1000 },
    errors: [error],
  };
}

/** A counter that rises in the middle of the run. */
const rising = (by: number) => (atMs: number) => (atMs < 30 * SECOND ? 0 : by);

const scoreOf = (result: Result, component: ComponentName) => {
  const found = assessReadiness(result).components.find((candidate) => candidate.component === component);
  assert.ok(found);
  return found;
};

test('a healthy run with all probes gets all points and is ready', () => {
  const { ready, total, outOf, components, reasons } = assessReadiness(healthy());
  assert.deepEqual({ ready, total, outOf, reasons }, { ready: true, total: 60, outOf: 60, reasons: [] });
  assert.deepEqual(
    components,
    READINESS_COMPONENTS.map((component) => ({ component, score: 10, findings: [] })),
  );
});

type Loss = [situation: string, parts: Parts, score: number, finding: RegExp];

const LOSSES: Record<ComponentName, Loss[]> = {
  'load-handling': [
    ['a restart', withColumn('pm2', PM2_COLUMNS.restarts, rising(18)), 2, /^18 restarts under this load$/],
    ['restarts that were not counted', { resources: {} }, 8, /^restarts were not counted$/],
    ['an aborted run', { run: { outcome: 'aborted' } }, 2, /^the run was aborted$/],
    ['a crashed run', { run: { outcome: 'crashed' } }, 2, /^the run crashed$/],
    ['an interrupted run', { run: { outcome: 'interrupted' } }, 2, /^the run was interrupted$/],
    ['many overload errors', failing('server-error', 60), 4, /^6\.00 % of the requests/],
    ['some overload errors', failing('timeout', 50), 6, /^5\.00 % of the requests/],
    ['few overload errors', failing('connection-reset', 2), 8, /^0\.20 % of the requests/],
    ['a single error in 1,000 requests', failing('server-error', 1), 10, /^$/],
    ['errors that are not overload', failing('unexpected-body', 60), 10, /^$/],
  ],
  'response-times': [
    [
      'a failed critical criterion',
      withCriteria({ status: 'fail' }),
      4,
      /^failed critical criteria: p95 response time$/,
    ],
    ['a failed minor criterion', withCriteria({ status: 'fail', severity: 'minor' }), 8, /^failed minor criteria/],
    ['one of two criteria undecided', withCriteria({}, { status: 'inconclusive' }), 9, /^undecided criteria/],
    [
      'a response far slower than all others',
      { totals: { responseTimeMs: { ...trendOf([100]), p99: 233, max: 2087 } } },
      8,
      /^the slowest response took 2087 ms, far above the p99 of 233 ms$/,
    ],
  ],
  'error-handling': [
    ['many errors', failing('unexpected-body', 60), 4, /^6\.00 % of the requests were errors/],
    ['some errors', failing('unexpected-body', 11), 6, /^1\.10 %/],
    ['few errors', failing('unexpected-body', 5), 8, /^0\.50 %/],
    ['requests without a response', failing('timeout', 1), 7, /^1 request without a response$/],
    ['server errors without a reason', failing('server-error', 1), 8, /^1 server error without a reason/],
    ['a server error with a reason', failing('server-error', 1, 'pool_timeout'), 10, /^$/],
  ],
  monitoring: [
    ['no metrics', without('target'), 6, /^the target exposed no metrics$/],
    ['no database', without('postgresql'), 8, /^the database was not/],
    ['no process', without('pm2'), 8, /^no process was monitored$/],
    [
      'a metrics endpoint that did not respond for a while',
      withColumn('target', TARGET_COLUMNS.cpuSeconds, (at) => (at > 10 * SECOND && at < 40 * SECOND ? null : 1)),
      8,
      /^the target's metrics endpoint did not respond for 30s$/,
    ],
    ['no probes at all', { resources: {} }, 0, /restarts were counted for only a part of the run, or not at all/],
  ],
  configuration: [
    ['a variable that is not set', configured(['B_KEY']), 3, /^required variables not set: B_KEY$/],
    ['refused credentials', failing('authentication', 9), 7, /^9 requests refused despite valid credentials/],
    ['a missing route', failing('not-found', 9), 7, /^9 requests for routes or records that should exist/],
    [
      'a cause that a configuration change fixes',
      { diagnosis: [diagnosis({ cause: 'rate-limited', title: 'Rate limited', fixable: true })] },
      7,
      /^diagnosed causes that a configuration change fixes: Rate limited$/,
    ],
  ],
  database: [
    [
      'requests that timed out waiting for a connection',
      withColumn('target', TARGET_COLUMNS.connectionTimeouts, rising(7)),
      4,
      /^7 requests timed out waiting for a connection$/,
    ],
    ['a diagnosed cause', { diagnosis: [diagnosis()] }, 6, /^diagnosed causes: Database pool exhausted$/],
    [
      'an exhausted pool',
      withColumn('target', TARGET_COLUMNS.connectionsActive, rising(20)),
      8,
      /^all 20 connections were in use at the same time$/,
    ],
    [
      'hardly any free session',
      withColumn('postgresql', POSTGRESQL_COLUMNS.connections, rising(110)),
      7,
      /^110 of 120 database sessions/,
    ],
    ['deadlocks', withColumn('postgresql', POSTGRESQL_COLUMNS.deadlocks, rising(1)), 7, /^1 deadlock$/],
  ],
};

describe('deducted points', () => {
  for (const component of READINESS_COMPONENTS)
    for (const [situation, parts, expected, finding] of LOSSES[component])
      test(`readiness of ${component} after ${situation}: ${expected} of 10 points`, () => {
        const { score, findings } = scoreOf(healthy(parts), component);
        assert.equal(score, expected, JSON.stringify(findings));
        assert.match(findings.at(-1)?.text ?? '', finding);
        assert.equal(sum(findings.map(({ points }) => points)), 10 - expected);
      });

  test('a component with more problems than points scores 0, not less', () => {
    const result = healthy({ ...failing('timeout', 500), run: { outcome: 'crashed' } });
    assert.equal(scoreOf(result, 'load-handling').score, 0);
  });
});

const UNDECIDED = /^no criterion on response times passed or failed$/;

const MISSING_DATA: [component: ComponentName, situation: string, parts: Parts, finding: RegExp][] = [
  ['load-handling', 'no requests', emptyEvidence(), /^no request was sent$/],
  ['response-times', 'no requests', emptyEvidence(), /^no request was sent$/],
  ['error-handling', 'no requests', emptyEvidence(), /^no request was sent$/],
  ['response-times', 'no criterion on response times', withCriteria(), UNDECIDED],
  [
    'response-times',
    'no decided criterion on response times',
    withCriteria({ status: 'no data' }),
    /^no criterion on response times/,
  ],
  [
    'configuration',
    'a target that does not report its variables',
    { details: { configuration: null } },
    /did not report/,
  ],
  ['database', 'no probe of the pool or the database', { resources: {} }, /^neither the target's connections/],
];

describe('components without a score', () => {
  for (const [component, situation, parts, finding] of MISSING_DATA)
    test(`readiness of ${component} has no score after a run with ${situation}`, () => {
      const result = healthy(parts);
      const { score, findings } = scoreOf(result, component);
      assert.equal(score, null);
      assert.match(findings[0]?.text ?? '', finding);
      assert.ok(assessReadiness(result).reasons.includes(`${component.replace('-', ' ')}: no data`));
    });
});

const NOT_READY: [situation: string, parts: Parts, reason: string][] = [
  [
    'too few points in one component',
    withColumn('target', TARGET_COLUMNS.restarts, rising(1)),
    'load handling: 2 of 10 points, but 6 are required',
  ],
  ['too few points in total', failing('timeout', 500), '45 of 60 points, but 48 are required'],
  ['an undecided critical criterion', withCriteria({}, { title: 'restarts', status: 'no data' }), 'restarts: no data'],
  [
    'a run that is INVALID',
    { verdict: { decision: 'INVALID', reasons: [] } },
    'the run is INVALID, so its measurements cannot be trusted',
  ],
];

describe('a system that is not ready', () => {
  for (const [situation, parts, reason] of NOT_READY)
    test(`the system is not ready after ${situation}`, () => {
      const { ready, reasons } = assessReadiness(healthy(parts));
      assert.equal(ready, false);
      assert.ok(reasons.includes(reason), JSON.stringify(reasons));
    });
});
