import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, test } from 'node:test';
import {
  errorRateBelow,
  flowSuccessAbove,
  memoryGrowthBelow,
  percentileBelow,
  recoversWithin,
} from '../../lib/core/definition/index.ts';
import type { Result } from '../../lib/core/evidence/index.ts';
import { METRICS } from '../../lib/core/metrics/index.ts';
import type { Window } from '../../lib/core/telemetry/index.ts';
import {
  counterSeries,
  evidenceOf,
  phasesWithLengths,
  repeat,
  requestSeries,
  resultOf,
  summaryWith,
  testPlan,
  trendSeries,
  windowAt,
} from '../../lib/core/testing/evidence.ts';
import { ladderRun, postgresqlDetails } from '../../lib/core/testing/ladder.ts';
import { problem } from '../testing/problem.ts';
import { assembleResult } from './assemble.ts';
import type { Migrations } from './migrations.ts';
import { RunMeasurements } from './run-measurements.ts';
import { assertValidResult, parseResult } from './schema.ts';

const READ = 'GET /items/:id';
const { workload } = testPlan();
const { scenarios } = workload;

/** A plan that has a value for every optional field. */
const plan = testPlan({
  workload: {
    ...workload,
    phases: phasesWithLengths({ jump: 0, before: 5000, recovery: 20_000 }),
    scenarios: { ...scenarios, probe: scenarios.load ?? assert.fail() },
  },
  flows: [{ name: 'order', steps: ['pay', 'ship'] }],
  criteria: [
    percentileBelow(0.95, '400ms'),
    errorRateBelow(0.01),
    flowSuccessAbove('order', 0.95),
    memoryGrowthBelow(100, 'recovery'),
    recoversWithin('10s', {
      scenario: 'probe',
      referencePhase: 'before',
      recoveryPhase: 'recovery',
      tolerance: 0.2,
    }),
  ],
});

function resultWith(windows: Window[], summary = summaryWith()): Result {
  const measurements = new RunMeasurements(plan);
  for (const window of windows) measurements.addWindow(window);
  measurements.addSample({ probe: 'target', atMs: 0, values: { heapUsedBytes: 1, cacheHits: null } });
  return assembleResult({
    start: { plan, run: evidenceOf().run },
    outcome: 'completed',
    outcomeReason: null,
    measurements,
    summary,
    details: evidenceOf().details,
    notes: [],
  });
}

const jsonCopy = (result: Result): Result => JSON.parse(JSON.stringify(result));

const order = { flow: 'order', outcome: 'failed', reason: 'pay: declined' };
const ordinary = (startS: number, slowMs: number) =>
  windowAt(startS, [
    ...requestSeries(READ, [...repeat(90, 100), ...repeat(10, slowMs)], {
      failed: 3,
      tags: { scenario: 'probe', phase: startS < 5 ? 'before' : 'recovery' },
    }),
    counterSeries(METRICS.unexpectedResponses, 3, {
      kind: 'timeout',
      code: '1050',
      reason: 'timeout',
      name: READ,
    }),
    trendSeries(METRICS.flowDuration, repeat(5, 1000), order),
    trendSeries(METRICS.stepDuration, repeat(5, 900), { ...order, step: 'pay' }),
    counterSeries(METRICS.vus, 10),
  ]);

describe('a result, both in memory and read back from JSON', () => {
  const cases: Record<string, Result> = {
    'an ordinary run': resultWith([ordinary(0, 100), ordinary(5, 200), ordinary(10, 300)]),
    'a run that never recovers': resultWith([
      ordinary(0, 100),
      windowAt(5, requestSeries(READ, repeat(50, 900), { tags: { scenario: 'probe', phase: 'recovery' } })),
      windowAt(10, requestSeries(READ, repeat(50, 900), { tags: { scenario: 'probe', phase: 'recovery' } })),
    ]),
    'a run without a window': resultWith([]),
    'a run with empty windows': resultWith([windowAt(0, []), windowAt(5, [])]),
    'a run with a duration of 0': resultWith([windowAt(0, [], { lengthS: 0 })], summaryWith({ durationMs: 0 })),
    'a run whose telemetry overflowed': resultWith([
      windowAt(
        0,
        [
          counterSeries(METRICS.requests, 5),
          counterSeries(METRICS.unexpectedResponses, 2),
          trendSeries(METRICS.responseTime, repeat(5, 10)),
          trendSeries(METRICS.requestDuration, repeat(5, 10)),
          trendSeries(METRICS.flowDuration, [10]),
        ],
        { overflowed: true },
      ),
    ]),
    'a run with requests in a phase with a duration of 0': resultWith([
      windowAt(0, requestSeries(READ, repeat(5, 10), { tags: { phase: 'jump' } })),
    ]),
  };
  for (const [title, result] of Object.entries(cases)) {
    test(`the result of ${title} is valid, both in memory and after conversion to JSON and back`, () => {
      assertValidResult(result);
      assertValidResult(jsonCopy(result));
    });
  }

  test('a result keeps all measurements after conversion to JSON and back', () => {
    const result = cases['an ordinary run'] as Result;
    const { totals, windows, criteria, errors, statuses, resources, verdict } = jsonCopy(result);
    assert.deepEqual(
      { totals, windows, criteria, errors, statuses, resources, verdict },
      {
        totals: result.totals,
        windows: result.windows,
        criteria: result.criteria,
        errors: result.errors,
        statuses: result.statuses,
        resources: result.resources,
        verdict: result.verdict,
      },
    );
  });
});

describe('assertValidResult', () => {
  const valid = resultOf();
  const cases: [title: string, document: unknown, message: RegExp][] = [
    ['for null', null, /^not a valid result: the document must be object$/],
    ['for another version', { ...valid, schemaVersion: 3 }, /\/schemaVersion must be equal to constant$/],
    ['for a missing verdict', { ...valid, verdict: undefined }, /the document must have required property 'verdict'$/],
    [
      'for an unknown decision',
      resultOf({ verdict: { decision: 'MAYBE' as 'GO', reasons: [] } }),
      /\/verdict\/decision must be equal to one of/,
    ],
    [
      'for an additional property',
      { ...valid, password: 'x' },
      /the document must NOT have additional properties: password$/,
    ],
    [
      'for a number that JSON cannot represent',
      resultOf({ totals: { errorRate: Number.NaN } }),
      /\/totals\/errorRate must be number$/,
    ],
    ['for a rate above 1', resultOf({ totals: { errorRate: 1.1 } }), /\/totals\/errorRate must be <= 1$/],
    [
      'for an invalid time',
      resultOf({ run: { startedAt: 'yesterday' } }),
      /\/run\/startedAt must match format "date-time"$/,
    ],
  ];
  for (const [title, document, message] of cases) {
    test(`assertValidResult reports the first invalid field ${title}`, () => {
      assert.throws(() => assertValidResult(document), { message });
    });
  }
});

describe('a result of an earlier version of load-suite', () => {
  const additions: [path: string, value: unknown][] = [
    ['details', { postgresql: null, redis: null }],
    ['bursts', []],
    ['cleanup', null],
    ['totals.refusals', {}],
    ['totals.degraded', 0],
    ['endpoints.0.refusals', {}],
    ['endpoints.0.degraded', 0],
    ['endpoints.0.statuses', {}],
    ['phases.0.refusals', {}],
    ['phases.0.degraded', 0],
    ['phases.0.statuses', {}],
    ['phases.0.endpoints', []],
    ['windows.errorsByKind', {}],
    ['windows.iterations', []],
    ['windows.droppedIterations', []],
    ['criteria.0.kind', null],
  ];

  type Holder = Record<string, unknown>;
  /** Returns the parent object of the field at a path, and the name of the field. */
  function holderOf(document: unknown, path: string): [holder: Holder, key: string] {
    const keys = path.split('.');
    const key = keys.pop() as string;
    return [keys.reduce((holder, name) => holder[name] as Holder, document as Holder), key];
  }

  const assertDefaults = async (missing: typeof additions) => {
    const [older, current] = [jsonCopy(resultWith([ordinary(0, 100)])), jsonCopy(resultWith([ordinary(0, 100)]))];
    for (const [path, value] of missing) {
      const [holder, key] = holderOf(older, path);
      assert.ok(key in holder, `a current result has ${path}`);
      delete holder[key];
      const [expected] = holderOf(current, path);
      expected[key] = value;
    }
    assert.deepEqual(await parseResult(JSON.stringify(older), 'result.json'), current);
  };

  for (const addition of additions)
    test(`a result of an earlier version of load-suite gets a default for ${addition[0]}`, () =>
      assertDefaults([addition]));

  test('a result of an earlier version of load-suite gets defaults for all fields that were added later', () =>
    assertDefaults(additions));

  test('a result of an earlier version of load-suite is read without changes to its fields', async () => {
    const text = await readFile(new URL('first-result.json', import.meta.url), 'utf8');
    const { schemaVersion: _, run, fingerprint, ...unchanged } = JSON.parse(text);
    const { gitCommit, ...unchangedRun } = run;
    const result = await parseResult(text, 'first-result.json');
    assert.partialDeepStrictEqual(result, { ...unchanged, run: unchangedRun });
    assert.deepEqual(result.run.commits, { suite: gitCommit, tests: gitCommit, service: null });
    assert.deepEqual(result.fingerprint, {
      ...fingerprint,
      parts: { ...fingerprint.parts, responseTime: 'without connecting' },
    });
    assert.deepEqual(result.totals.responseTimeMs, result.totals.durationMs);
  });
});

describe('the assessments of a result', () => {
  const climb = ladderRun({
    run: { assess: ['readiness', 'checklist'] },
    details: { redis: null, postgresql: postgresqlDetails(150) },
  });

  test('assessments are added when a result without assessments is read', async () => {
    const read = await parseResult(JSON.stringify(climb), 'result.json');
    assert.equal(read.ladder?.rungs.length, 3);
    assert.ok(read.ladder?.capacity && read.ladder.connections);
    assert.equal(read.readiness?.components.length, 6);
    assert.ok(read.checklist?.some(({ category }) => category === 'load-testing'));
    assertValidResult(read);
  });

  test('the assessments of a result stay unchanged when the result is read', async () => {
    const stored = { ready: true, total: 60, outOf: 60, components: [], reasons: [] };
    const read = await parseResult(JSON.stringify({ ...climb, readiness: stored }), 'result.json');
    assert.deepEqual(read.readiness, stored);
  });

  test('a result has no assessments if the test does not request any', async () => {
    const read = await parseResult(JSON.stringify(resultOf()), 'result.json');
    assert.deepEqual([read.ladder, read.readiness, read.checklist], [undefined, undefined, undefined]);
  });
});

describe('parseResult', () => {
  const result = resultOf();
  const { run, ...withoutRun } = result;
  const parse = (document: unknown, migrations?: Migrations) =>
    parseResult(JSON.stringify(document), 'results/result.json', migrations);

  test('parseResult returns a result of the current version unchanged', async () => {
    assert.deepEqual(await parse(result), JSON.parse(JSON.stringify(result)));
  });

  test('parseResult migrates an older result version by version', async () => {
    const migrations: Migrations = {
      [-1]: ({ called, ...rest }) => ({ ...rest, name: called }),
      0: ({ name, ...rest }) => ({ ...rest, run: { ...run, description: name } }),
      1: (document) => document,
    };
    const migrated = await parse({ ...withoutRun, schemaVersion: -1, called: 'long ago' }, migrations);
    assert.equal(migrated.schemaVersion, 2);
    assert.equal(migrated.run.description, 'long ago');
    assert.equal(
      (await parse({ ...withoutRun, schemaVersion: 0, name: 'later' }, migrations)).run.description,
      'later',
    );
  });

  test('parseResult rejects a result that is invalid after migration', async () => {
    await assert.rejects(
      () => parse({ ...result, schemaVersion: 0 }, { 0: () => ({ run }), 1: (document) => document }),
      problem(/is not a valid result: the document must have required property/),
    );
  });

  const cases: [title: string, text: string, message: RegExp][] = [
    [
      'a result of a newer version',
      JSON.stringify({ ...result, schemaVersion: 3 }),
      /^results\/result\.json has schema version 3, but this version of load-suite reads versions up to 2\. Use the load-suite version/,
    ],
    [
      'a result of an older version that no migration converts',
      JSON.stringify({ ...result, schemaVersion: 0 }),
      /has schema version 0, which this version of load-suite cannot convert to version 2\./,
    ],
    ['a document without a version', '{"run": {}}', /is not a result: it is not a JSON document with a schemaVersion/],
    ['JSON that is not an object', '[1, 2]', /is not a result: /],
    ['null', 'null', /is not a result: /],
    ['incomplete JSON', JSON.stringify(result).slice(0, -9), /is not a result: /],
    [
      'a result with a missing field',
      JSON.stringify({ ...withoutRun }),
      /^results\/result\.json is not a valid result: the document must have required property 'run'\.$/,
    ],
  ];
  for (const [title, text, message] of cases) {
    test(`parseResult rejects ${title}`, async () => {
      await assert.rejects(() => parseResult(text, 'results/result.json'), problem(message));
    });
  }
});
