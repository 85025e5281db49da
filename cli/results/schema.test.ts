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
import { RunMeasurements } from './run-measurements.ts';
import { assertValidResult, type Migrations, parseResult } from './schema.ts';

const READ = 'GET /items/:id';
const { workload } = testPlan();
const { scenarios } = workload;

/** A test with everything that a plan may have. */
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

function resultFrom(windows: Window[], summary = summaryWith()): Result {
  const record = new RunMeasurements(plan);
  for (const window of windows) record.addWindow(window);
  record.addSample({ probe: 'target', atMs: 0, values: { heapUsedBytes: 1, cacheHits: null } });
  return assembleResult({
    start: { plan, run: evidenceOf().run },
    outcome: 'completed',
    outcomeReason: null,
    measurements: record,
    summary,
    details: evidenceOf().details,
    notes: [],
  });
}

const reread = (result: Result): Result => JSON.parse(JSON.stringify(result));

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

describe('a result is valid, as it is and as it is read back,', () => {
  const cases: Record<string, Result> = {
    'of an ordinary run': resultFrom([ordinary(0, 100), ordinary(5, 200), ordinary(10, 300)]),
    'of a run that never recovers': resultFrom([
      ordinary(0, 100),
      windowAt(5, requestSeries(READ, repeat(50, 900), { tags: { scenario: 'probe', phase: 'recovery' } })),
      windowAt(10, requestSeries(READ, repeat(50, 900), { tags: { scenario: 'probe', phase: 'recovery' } })),
    ]),
    'of a run without a window': resultFrom([]),
    'of windows with nothing in them': resultFrom([windowAt(0, []), windowAt(5, [])]),
    'of a run of no length': resultFrom([windowAt(0, [], { lengthS: 0 })], summaryWith({ durationMs: 0 })),
    'of telemetry that overflowed': resultFrom([
      windowAt(
        0,
        [
          counterSeries(METRICS.requests, 5),
          counterSeries(METRICS.unexpectedResponses, 2),
          trendSeries(METRICS.requestDuration, repeat(5, 10)),
          trendSeries(METRICS.flowDuration, [10]),
        ],
        { overflowed: true },
      ),
    ]),
    'of requests in a phase of no length': resultFrom([
      windowAt(0, requestSeries(READ, repeat(5, 10), { tags: { phase: 'jump' } })),
    ]),
  };
  for (const [what, result] of Object.entries(cases)) {
    test(what, () => {
      assertValidResult(result);
      assertValidResult(reread(result));
    });
  }

  test('and reading it back loses nothing of what was measured', () => {
    const result = cases['of an ordinary run'] as Result;
    const { totals, windows, criteria, errors, statuses, resources, verdict } = reread(result);
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

describe('what is no result is refused by the first place that is wrong', () => {
  const valid = resultOf();
  const cases: [what: string, document: unknown, message: RegExp][] = [
    ['nothing', null, /^not a valid result: the document must be object$/],
    ['another version', { ...valid, schemaVersion: 2 }, /\/schemaVersion must be equal to constant$/],
    ['no verdict', { ...valid, verdict: undefined }, /the document must have required property 'verdict'$/],
    [
      'an unknown decision',
      resultOf({ verdict: { decision: 'MAYBE' as 'GO', reasons: [] } }),
      /\/verdict\/decision must be equal to one of/,
    ],
    [
      'more than there should be',
      { ...valid, password: 'x' },
      /the document must NOT have additional properties: password$/,
    ],
    [
      'a number that JSON cannot hold',
      resultOf({ totals: { errorRate: Number.NaN } }),
      /\/totals\/errorRate must be number$/,
    ],
    ['a rate above one', resultOf({ totals: { errorRate: 1.1 } }), /\/totals\/errorRate must be <= 1$/],
    [
      'an instant that is none',
      resultOf({ run: { startedAt: 'yesterday' } }),
      /\/run\/startedAt must match format "date-time"$/,
    ],
  ];
  for (const [what, document, message] of cases) {
    test(what, () => {
      assert.throws(() => assertValidResult(document), { message });
    });
  }
});

describe('a result that was written before this was added to its version is read with what stands for it', () => {
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
  /** Where the last part of a path stands. */
  function placeOf(document: unknown, path: string): [holder: Holder, key: string] {
    const keys = path.split('.');
    const key = keys.pop() as string;
    return [keys.reduce((holder, one) => holder[one] as Holder, document as Holder), key];
  }

  const assertRead = async (lacking: typeof additions) => {
    const [early, asRead] = [reread(resultFrom([ordinary(0, 100)])), reread(resultFrom([ordinary(0, 100)]))];
    for (const [path, value] of lacking) {
      const [holder, key] = placeOf(early, path);
      assert.ok(key in holder, `a result of today has ${path}`);
      delete holder[key];
      const [expected] = placeOf(asRead, path);
      expected[key] = value;
    }
    assert.deepEqual(await parseResult(JSON.stringify(early), 'result.json'), asRead);
  };

  for (const addition of additions) test(addition[0], () => assertRead([addition]));

  test('all of it', () => assertRead(additions));

  test('whatever is yet to come, too: a result as the first suite wrote it', async () => {
    const text = await readFile(new URL('first-result.json', import.meta.url), 'utf8');
    assert.partialDeepStrictEqual(await parseResult(text, 'first-result.json'), JSON.parse(text));
  });
});

describe('the assessments of a result', () => {
  const climb = ladderRun({
    run: { assess: ['readiness', 'checklist'] },
    details: { redis: null, postgresql: postgresqlDetails(150) },
  });

  test('are added when a result from before they were stored is read, and are valid', async () => {
    const read = await parseResult(JSON.stringify(climb), 'result.json');
    assert.equal(read.ladder?.rungs.length, 3);
    assert.ok(read.ladder?.capacity && read.ladder.connections);
    assert.equal(read.readiness?.components.length, 6);
    assert.ok(read.checklist?.some(({ category }) => category === 'load-testing'));
    assertValidResult(read);
  });

  test('stay as they were stored', async () => {
    const stored = { ready: true, total: 60, outOf: 60, components: [], reasons: [] };
    const read = await parseResult(JSON.stringify({ ...climb, readiness: stored }), 'result.json');
    assert.deepEqual(read.readiness, stored);
  });

  test('are absent where nothing asks for them', async () => {
    const read = await parseResult(JSON.stringify(resultOf()), 'result.json');
    assert.deepEqual([read.ladder, read.readiness, read.checklist], [undefined, undefined, undefined]);
  });
});

describe('the text of a result', () => {
  const result = resultOf();
  const { run, ...withoutRun } = result;
  const parse = (document: unknown, migrations?: Migrations) =>
    parseResult(JSON.stringify(document), 'results/result.json', migrations);

  test('of today is read as it is', async () => {
    assert.deepEqual(await parse(result), JSON.parse(JSON.stringify(result)));
  });

  test('of an older version is migrated, one version after the other', async () => {
    const migrations: Migrations = {
      [-1]: ({ called, ...rest }) => ({ ...rest, name: called }),
      0: ({ name, ...rest }) => ({ ...rest, run: { ...run, description: name } }),
    };
    const migrated = await parse({ ...withoutRun, schemaVersion: -1, called: 'long ago' }, migrations);
    assert.equal(migrated.schemaVersion, 1);
    assert.equal(migrated.run.description, 'long ago');
    assert.equal(
      (await parse({ ...withoutRun, schemaVersion: 0, name: 'later' }, migrations)).run.description,
      'later',
    );
  });

  test('that a migration makes no valid result of is refused', async () => {
    await assert.rejects(
      () => parse({ ...result, schemaVersion: 0 }, { 0: () => ({ run }) }),
      problem(/is not a valid result: the document must have required property/),
    );
  });

  const cases: [what: string, text: string, message: RegExp][] = [
    [
      'of a newer version',
      JSON.stringify({ ...result, schemaVersion: 3 }),
      /^results\/result\.json is of schema version 3; this suite knows versions up to 1\. Read it with/,
    ],
    [
      'of an older version without a way from it',
      JSON.stringify({ ...result, schemaVersion: 0 }),
      /is of schema version 0, from which this suite has no way to version 1\./,
    ],
    [
      'without a version',
      '{"run": {}}',
      /is no result of a run: it is no JSON document with a schemaVersion/,
    ],
    ['that is another document', '[1, 2]', /is no result of a run/],
    ['that is nothing', 'null', /is no result of a run/],
    ['that is cut short', JSON.stringify(result).slice(0, -9), /is no result of a run/],
    [
      'that is not valid',
      JSON.stringify({ ...withoutRun }),
      /^results\/result\.json is not a valid result: the document must have required property 'run'\.$/,
    ],
  ];
  for (const [what, text, message] of cases) {
    test(`${what} is refused`, async () => {
      await assert.rejects(() => parseResult(text, 'results/result.json'), problem(message));
    });
  }
});
