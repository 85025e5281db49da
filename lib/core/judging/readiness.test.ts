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

/** Samples of three probes over the run. */
const watched = (probes: Partial<typeof PROBES> = PROBES): Result['resources'] =>
  Object.fromEntries(Object.entries(probes).map(([probe, columns]) => [probe, samplesOf(AT, columns)]));

type Parts = Parameters<typeof resultOf>[0];

const seeing = (probe: keyof typeof PROBES, column: string, values: Columns[string]): Parts => ({
  resources: watched({ ...PROBES, [probe]: { ...PROBES[probe], [column]: values } }),
});

function without(probe: keyof typeof PROBES): Parts {
  const { [probe]: _, ...others } = PROBES;
  return { resources: watched(others) };
}

const configured = (missing: string[]): Parts => ({
  details: { configuration: { required: ['A_URL', 'B_KEY'], missing } },
});

const judged = (...criteria: Parameters<typeof judgedCriterion>[0][]): Parts => ({
  criteria: criteria.map(judgedCriterion),
});

const healthy = (parts: Parts = {}): Result =>
  resultOf({ resources: watched(), ...configured([]), ...parts });

/** Of a thousand requests, those that were errors of one kind. */
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
  const found = assessReadiness(result).components.find((one) => one.component === component);
  assert.ok(found);
  return found;
};

test('a healthy run in which all was watched: all points, and READY', () => {
  const { ready, total, outOf, components, reasons } = assessReadiness(healthy());
  assert.deepEqual({ ready, total, outOf, reasons }, { ready: true, total: 60, outOf: 60, reasons: [] });
  assert.deepEqual(
    components,
    READINESS_COMPONENTS.map((component) => ({ component, score: 10, findings: [] })),
  );
});

type Loss = [what: string, parts: Parts, score: number, says: RegExp];

const LOSSES: Record<ComponentName, Loss[]> = {
  'load-handling': [
    ['a restart', seeing('pm2', PM2_COLUMNS.restarts, rising(18)), 2, /^18 restarts under this load$/],
    ['restarts that nobody counted', { resources: {} }, 8, /nobody counted/],
    ['an aborted run', { run: { outcome: 'aborted' } }, 2, /^the run was aborted$/],
    ['a crashed run', { run: { outcome: 'crashed' } }, 2, /^the run crashed$/],
    ['an interrupted run', { run: { outcome: 'interrupted' } }, 2, /^the run was interrupted$/],
    ['many errors of overload', failing('server-error', 60), 4, /^6\.00 % of the requests/],
    ['some errors of overload', failing('timeout', 50), 6, /^5\.00 % of the requests/],
    ['few errors of overload', failing('connection-reset', 2), 8, /^0\.20 % of the requests/],
    ['next to no errors', failing('server-error', 1), 10, /^$/],
    ['errors that are none of overload', failing('unexpected-body', 60), 10, /^$/],
  ],
  'response-times': [
    [
      'a critical criterion that fails',
      judged({ status: 'fail' }),
      4,
      /^criteria that fail: p95 response time$/,
    ],
    ['a minor one that fails', judged({ status: 'fail', severity: 'minor' }), 8, /^minor criteria that fail/],
    [
      'one of two without a decision',
      judged({}, { status: 'inconclusive' }),
      9,
      /^criteria without a decision/,
    ],
    [
      'an answer that took far longer than all others',
      { totals: { durationMs: { ...trendOf([100]), p99: 233, max: 2087 } } },
      8,
      /^the longest answer took 2087 ms, far above the p99 of 233 ms$/,
    ],
  ],
  'error-handling': [
    ['many errors', failing('unexpected-body', 60), 4, /^6\.00 % of the requests were errors/],
    ['some errors', failing('unexpected-body', 11), 6, /^1\.10 %/],
    ['few errors', failing('unexpected-body', 5), 8, /^0\.50 %/],
    ['requests without an answer', failing('timeout', 1), 7, /^1 request without an answer$/],
    ['silent server errors', failing('server-error', 1), 8, /^1 server error that did not/],
    ['a server error with a reason', failing('server-error', 1, 'pool_timeout'), 10, /^$/],
  ],
  monitoring: [
    ['no metrics', without('target'), 6, /^the target offered no metrics$/],
    ['no database', without('postgresql'), 8, /^the database was not/],
    ['no process', without('pm2'), 8, /^no process was watched$/],
    [
      'metrics that were silent for a time',
      seeing('target', TARGET_COLUMNS.cpuSeconds, (at) => (at > 10 * SECOND && at < 40 * SECOND ? null : 1)),
      8,
      /^the metrics of the target did not answer for 30s$/,
    ],
    ['nothing at all', { resources: {} }, 0, /restarts were not counted/],
  ],
  configuration: [
    ['a variable that is not set', configured(['B_KEY']), 3, /^required variables that are not set: B_KEY$/],
    ['refused credentials', failing('authentication', 9), 7, /^9 requests whose credentials/],
    ['a missing route', failing('not-found', 9), 7, /^9 requests to what should be there/],
    [
      'a cause that configuration mends',
      { diagnosis: [diagnosis({ cause: 'rate-limited', title: 'Rate limited', fixable: true })] },
      7,
      /^diagnosed, and mended by configuration: Rate limited$/,
    ],
  ],
  database: [
    [
      'requests that got no connection',
      seeing('target', TARGET_COLUMNS.connectionTimeouts, rising(7)),
      4,
      /^7 requests got no connection in time$/,
    ],
    ['a diagnosed cause', { diagnosis: [diagnosis()] }, 6, /^diagnosed: Database pool exhausted$/],
    [
      'a pool that was used up',
      seeing('target', TARGET_COLUMNS.connectionsActive, rising(20)),
      8,
      /^all 20 connections were in use at once$/,
    ],
    [
      'hardly any session left',
      seeing('postgresql', POSTGRESQL_COLUMNS.connections, rising(110)),
      7,
      /^110 of 120 sessions/,
    ],
    ['deadlocks', seeing('postgresql', POSTGRESQL_COLUMNS.deadlocks, rising(1)), 7, /^1 deadlock$/],
  ],
};

describe('points are lost for', () => {
  for (const component of READINESS_COMPONENTS)
    for (const [what, parts, score, says] of LOSSES[component])
      test(`${component}: ${what}: ${score}`, () => {
        const { score: got, findings } = scoreOf(healthy(parts), component);
        assert.equal(got, score, JSON.stringify(findings));
        assert.match(findings.at(-1)?.text ?? '', says);
        assert.equal(sum(findings.map(({ points }) => points)), 10 - score);
      });

  test('more than there are: none is left, and none below', () => {
    const result = healthy({ ...failing('timeout', 500), run: { outcome: 'crashed' } });
    assert.equal(scoreOf(result, 'load-handling').score, 0);
  });
});

const UNDECIDED = /^no criterion on response times was decided$/;

const LACKING: [component: ComponentName, what: string, parts: Parts, says: RegExp][] = [
  ['load-handling', 'no request', emptyEvidence(), /^no request was sent$/],
  ['response-times', 'no request', emptyEvidence(), /^no request was sent$/],
  ['error-handling', 'no request', emptyEvidence(), /^no request was sent$/],
  ['response-times', 'no criterion on them', judged(), UNDECIDED],
  [
    'response-times',
    'none that was decided',
    judged({ status: 'no data' }),
    /^no criterion on response times/,
  ],
  ['configuration', 'a target that was not asked', { details: { configuration: null } }, /was not asked/],
  ['database', 'nobody who watched it', { resources: {} }, /^neither the connections of the target/],
];

describe('there is no data on', () => {
  for (const [component, what, parts, says] of LACKING)
    test(`${component}: ${what}`, () => {
      const result = healthy(parts);
      const { score, findings } = scoreOf(result, component);
      assert.equal(score, null);
      assert.match(findings[0]?.text ?? '', says);
      assert.ok(assessReadiness(result).reasons.includes(`${component.replace('-', ' ')}: no data`));
    });
});

const NOT_READY: [what: string, parts: Parts, reason: string][] = [
  [
    'too few points in one component',
    seeing('target', TARGET_COLUMNS.restarts, rising(1)),
    'load handling: 2 of 10; it takes 6',
  ],
  ['too few points in all', failing('timeout', 500), '45 of 60 points; it takes 48'],
  [
    'a critical criterion without a decision',
    judged({}, { title: 'restarts', status: 'no data' }),
    'restarts: no data',
  ],
  [
    'a run that is INVALID',
    { verdict: { decision: 'INVALID', reasons: [] } },
    'the run is INVALID: it can show nothing',
  ],
];

describe('NOT READY for', () => {
  for (const [what, parts, reason] of NOT_READY)
    test(what, () => {
      const { ready, reasons } = assessReadiness(healthy(parts));
      assert.equal(ready, false);
      assert.ok(reasons.includes(reason), JSON.stringify(reasons));
    });
});
