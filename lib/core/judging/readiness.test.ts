import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  COMPONENTS,
  type ComponentName,
  type ErrorFigures,
  PM2_COLUMNS,
  POSTGRESQL_COLUMNS,
  type ProbeName,
  type Result,
  type Samples,
  TARGET_COLUMNS,
} from '../evidence/index.ts';
import type { ErrorKind } from '../metrics/index.ts';
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

/** Samples over the run of three probes; a column that is given takes the place of its own. */
function watched(
  columns: Partial<Record<ProbeName, Columns>> = {},
  without: readonly ProbeName[] = [],
): Partial<Record<ProbeName, Samples>> {
  const all = { target: TARGET, postgresql: POSTGRESQL, pm2: PM2 };
  return Object.fromEntries(
    Object.entries(all)
      .filter(([probe]) => !without.includes(probe as ProbeName))
      .map(([probe, own]) => [probe, samplesOf(AT, { ...own, ...columns[probe as ProbeName] })]),
  );
}

type Parts = Parameters<typeof resultOf>[0];

const healthy = (parts: Parts = {}): Result =>
  resultOf({
    resources: watched(),
    ...parts,
    details: { configuration: { required: ['A_URL', 'B_KEY'], missing: [] }, ...parts?.details },
  });

/** Of a thousand requests, those that were errors of one kind. */
function failing(kind: ErrorKind, count: number, reason: string = kind): Parts {
  const error: ErrorFigures = { kind, code: '500', reason, endpoint: 'GET /items/:id', count, share: 1 };
  return {
    totals: { ...resultOf().totals, errors: count, errorRate: count / 1000 },
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
    COMPONENTS.map((component) => ({ component, score: 10, findings: [] })),
  );
});

const LOSSES: [component: ComponentName, what: string, parts: Parts, score: number, says: RegExp][] = [
  [
    'load-handling',
    'a restart',
    { resources: watched({ pm2: { [PM2_COLUMNS.restarts]: rising(18) } }) },
    2,
    /^18 restarts under this load$/,
  ],
  ['load-handling', 'restarts that nobody counted', { resources: {} }, 8, /nobody counted/],
  ['load-handling', 'an aborted run', { run: { outcome: 'aborted' } }, 2, /^the run was aborted$/],
  ['load-handling', 'a crashed run', { run: { outcome: 'crashed' } }, 2, /^the run crashed$/],
  [
    'load-handling',
    'an interrupted run',
    { run: { outcome: 'interrupted' } },
    2,
    /^the run was interrupted$/,
  ],
  ['load-handling', 'many errors of overload', failing('server-error', 60), 4, /^6\.00 % of the requests/],
  ['load-handling', 'some errors of overload', failing('timeout', 50), 6, /^5\.00 % of the requests/],
  ['load-handling', 'few errors of overload', failing('connection-reset', 2), 8, /^0\.20 % of the requests/],
  ['load-handling', 'next to no errors', failing('server-error', 1), 10, /^$/],
  ['load-handling', 'errors that are none of overload', failing('unexpected-body', 60), 10, /^$/],
  [
    'response-times',
    'a critical criterion that fails',
    { criteria: [judgedCriterion({ status: 'fail' })] },
    4,
    /^criteria that fail: p95 response time$/,
  ],
  [
    'response-times',
    'a minor criterion that fails',
    { criteria: [judgedCriterion({ status: 'fail', severity: 'minor' })] },
    8,
    /^minor criteria that fail/,
  ],
  [
    'response-times',
    'one of two without a decision',
    { criteria: [judgedCriterion(), judgedCriterion({ status: 'inconclusive' })] },
    9,
    /^criteria without a decision/,
  ],
  [
    'response-times',
    'an answer that took far longer than all others',
    { totals: { ...resultOf().totals, durationMs: { ...trendOf([100]), p99: 233, max: 2087 } } },
    8,
    /^the longest answer took 2087 ms, far above the p99 of 233 ms$/,
  ],
  [
    'error-handling',
    'many errors',
    failing('unexpected-body', 60),
    4,
    /^6\.00 % of the requests were errors/,
  ],
  ['error-handling', 'some errors', failing('unexpected-body', 11), 6, /^1\.10 %/],
  ['error-handling', 'few errors', failing('unexpected-body', 5), 8, /^0\.50 %/],
  ['error-handling', 'requests without an answer', failing('timeout', 1), 7, /^1 request without an answer$/],
  ['error-handling', 'silent server errors', failing('server-error', 1), 8, /^1 server error that did not/],
  ['error-handling', 'a server error with a reason', failing('server-error', 1, 'pool_timeout'), 10, /^$/],
  ['monitoring', 'no metrics', { resources: watched({}, ['target']) }, 6, /^the target offered no metrics$/],
  ['monitoring', 'no database', { resources: watched({}, ['postgresql']) }, 8, /^the database was not/],
  ['monitoring', 'no process', { resources: watched({}, ['pm2']) }, 8, /^no process was watched$/],
  [
    'monitoring',
    'metrics that were silent for a time',
    {
      resources: watched({
        target: {
          [TARGET_COLUMNS.cpuSeconds]: (atMs) => (atMs > 10 * SECOND && atMs < 40 * SECOND ? null : 1),
        },
      }),
    },
    8,
    /^the metrics of the target did not answer for 30s$/,
  ],
  ['monitoring', 'nothing at all', { resources: {} }, 0, /restarts were not counted/],
  [
    'configuration',
    'a variable that is not set',
    { details: { configuration: { required: ['A_URL', 'B_KEY'], missing: ['B_KEY'] } } },
    3,
    /^required variables that are not set: B_KEY$/,
  ],
  ['configuration', 'refused credentials', failing('authentication', 9), 7, /^9 requests whose credentials/],
  ['configuration', 'a missing route', failing('not-found', 9), 7, /^9 requests to what should be there/],
  [
    'configuration',
    'a cause that configuration mends',
    { diagnosis: [diagnosis({ cause: 'rate-limited', title: 'Rate limited', fixable: true })] },
    7,
    /^diagnosed, and mended by configuration: Rate limited$/,
  ],
  [
    'database',
    'requests that got no connection',
    { resources: watched({ target: { [TARGET_COLUMNS.connectionTimeouts]: rising(7) } }) },
    4,
    /^7 requests got no connection in time$/,
  ],
  ['database', 'a diagnosed cause', { diagnosis: [diagnosis()] }, 6, /^diagnosed: Database pool exhausted$/],
  [
    'database',
    'a pool that was used up',
    { resources: watched({ target: { [TARGET_COLUMNS.connectionsActive]: rising(20) } }) },
    8,
    /^all 20 connections were in use at once$/,
  ],
  [
    'database',
    'hardly any session left',
    { resources: watched({ postgresql: { [POSTGRESQL_COLUMNS.connections]: rising(110) } }) },
    7,
    /^110 of 120 sessions/,
  ],
  [
    'database',
    'deadlocks',
    { resources: watched({ postgresql: { [POSTGRESQL_COLUMNS.deadlocks]: rising(1) } }) },
    7,
    /^1 deadlock$/,
  ],
];

describe('points are lost for', () => {
  for (const [component, what, parts, score, says] of LOSSES)
    test(`${component}: ${what}: ${score}`, () => {
      const { score: got, findings } = scoreOf(healthy(parts), component);
      assert.equal(got, score, JSON.stringify(findings));
      assert.match(findings.map(({ text }) => text).at(-1) ?? '', says);
      assert.equal(
        findings.reduce((sum, { points }) => sum + points, 0),
        Math.max(10 - score, 0),
      );
    });

  test('more than there are: none is left, and none below', () => {
    const result = healthy({ ...failing('timeout', 500), run: { outcome: 'crashed' } });
    assert.equal(scoreOf(result, 'load-handling').score, 0);
  });
});

const LACKING: [component: ComponentName, what: string, parts: Parts, says: RegExp][] = [
  ['load-handling', 'no request', emptyEvidence(), /^no request was sent$/],
  ['response-times', 'no request', emptyEvidence(), /^no request was sent$/],
  ['error-handling', 'no request', emptyEvidence(), /^no request was sent$/],
  [
    'response-times',
    'no criterion on them',
    { criteria: [] },
    /^no criterion on response times was decided$/,
  ],
  [
    'response-times',
    'no criterion that was decided',
    { criteria: [judgedCriterion({ status: 'no data' })] },
    /^no criterion on response times was decided$/,
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
    { resources: watched({ target: { [TARGET_COLUMNS.restarts]: rising(1) } }) },
    'load handling: 2 of 10; it takes 6',
  ],
  ['too few points in all', failing('timeout', 500), '45 of 60 points; it takes 48'],
  [
    'a critical criterion without a decision',
    { criteria: [judgedCriterion(), judgedCriterion({ title: 'restarts', status: 'no data' })] },
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
