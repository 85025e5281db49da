import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { FULL_SCALE, ladder, type Phase } from '../../../lib/core/definition/index.ts';
import {
  type EndpointFigures,
  type ErrorFigures,
  type Result,
  TARGET_COLUMNS,
} from '../../../lib/core/evidence/index.ts';
import { withAssessments } from '../../../lib/core/judging/index.ts';
import {
  endpointFigures,
  evenWindows,
  instants,
  judgedCriterion,
  phaseFigures,
  phasesWithLengths,
  repeat,
  resultOf,
  samplesOf,
} from '../../../lib/core/testing/evidence.ts';
import { postgresqlDetails } from '../../../lib/core/testing/ladder.ts';
import { absentOf, itemsOf, tableOf, textsOf, wordsOf } from '../../testing/document.ts';
import { readinessByTestSection as campaignReadiness } from '../campaign/test-sections.ts';
import type { Section } from '../report-document.ts';
import { terminalReport } from '../terminal.ts';
import { breakersSection, recordsSection } from './errors.ts';
import { ladderSection } from './ladder.ts';
import { benchmarkSection, burstsSection, statusesSection } from './requests.ts';
import { checklistSection, readinessLines, readinessSection } from './verdict.ts';

const { run } = resultOf();
const cellsOf = (section: Section | null) => tableOf(section).rows.map((row) => row.map(wordsOf));

describe('of what a run says nothing there is no section', () => {
  const builders: Record<string, (result: Result) => Section | null> = {
    'a benchmark': benchmarkSection,
    bursts: burstsSection,
    'a ladder': ladderSection,
    readiness: readinessSection,
    'a checklist': (result) => checklistSection([result]),
    records: recordsSection,
    breakers: breakersSection,
  };
  for (const [what, section] of Object.entries(builders))
    test(what, () => assert.equal(section(resultOf()), null));

  test('readiness on the terminal', () => assert.deepEqual(readinessLines(resultOf()), []));

  test('without figures of any endpoint, why there are no status codes', () => {
    assert.equal(absentOf(statusesSection(resultOf())).length, 1);
  });
});

const [first, second] = phasesWithLengths({ read: 10_000, pay: 20_000 }) as [Phase, Phase];

/** A phase that asks one endpoint with these durations, after signing in once. */
const operation = (phase: Phase, endpoint: string, values: number[]) =>
  phaseFigures(phase, {
    values: [...values, 1000],
    endpoints: [
      endpointFigures('POST /sign-in', { values: [1000] }),
      endpointFigures(endpoint, { values }),
      endpointFigures('GET /unused', { values: [] }),
    ],
  });

const benchmarked = (pay: number[]): Result => ({
  ...resultOf({
    phases: [operation(first, 'GET /items', repeat(100, 20)), operation(second, 'POST /payments', pay)],
  }),
  run: { ...run, workload: { ...run.workload, kind: 'sequential' } },
});

describe('the benchmark by operation', () => {
  test('is there for operations one after the other alone', () => {
    const { phases, ...rest } = benchmarked([]);
    const none = benchmarkSection({ ...rest, phases: [] });
    assert.equal(absentOf(none).length, none?.blocks.length);
  });

  test('has a row an operation, of the endpoint that it is about', () => {
    assert.deepEqual(cellsOf(benchmarkSection(benchmarked(repeat(50, 60)))), [
      ['read', 'GET /items', '100', ...repeat(6, '20.0 ms'), '0', 'ok'],
      ['pay', 'POST /payments', '50', ...repeat(6, '60.0 ms'), '0', 'ok'],
    ]);
    assert.deepEqual(itemsOf(benchmarkSection(benchmarked(repeat(50, 60)))), []);
  });

  const slow: [what: string, values: number[], says: string][] = [
    ['on average', repeat(50, 150), 'pay: mean 150 ms > 100 ms'],
    ['in its p95', [...repeat(45, 10), ...repeat(5, 300)], 'pay: p95 300 ms > 200 ms'],
    ['in both', repeat(50, 300), 'pay: p95 300 ms > 200 ms, mean 300 ms > 100 ms'],
  ];
  for (const [what, values, says] of slow)
    test(`names an operation that is too slow ${what}`, () => {
      assert.deepEqual(itemsOf(benchmarkSection(benchmarked(values))), [says]);
      assert.deepEqual(
        cellsOf(benchmarkSection(benchmarked(values))).map((row) => row.at(-1)),
        ['ok', says.slice('pay: '.length)],
      );
    });
});

test('each burst with when it was, who began, and how far apart', () => {
  const [first] = phasesWithLengths({ first: 8000 });
  assert.ok(first);
  const section = burstsSection(
    resultOf({
      phases: [phaseFigures(first, { values: repeat(20, 100) })],
      bursts: [
        { phase: 'first', vus: 20, began: 20, spreadMs: 12 },
        { phase: 'second', vus: 20, began: 18, spreadMs: 61.5 },
        { phase: 'third', vus: 20, began: 0, spreadMs: null },
      ],
    }),
  );
  assert.deepEqual(tableOf(section).rows, [
    ['first', '0:00–0:08', '20', '20', '12.0 ms'],
    ['second', '–', '20', { text: '✗ 18', tone: 'bad' }, '61.5 ms'],
    ['third', '–', '20', { text: '✗ 0', tone: 'bad' }, '–'],
  ]);
});

const WINDOW_MS = 5000;

/** One core of two, busy from 100 users on, where a promise is broken. */
function climbed(rungs: number[] = [50, 100, 200], parts: Partial<Result> = {}): Result {
  const { phases, ...workload } = ladder(rungs, { ramp: '10s', hold: '60s' })(FULL_SCALE);
  const windows = workload.durationMs / WINDOW_MS;
  return withAssessments(
    resultOf({
      run: { workload: { ...workload, phases }, labels: { mode: 'single' } },
      phases: phases.map((phase) => phaseFigures(phase, { values: repeat(600, 90) })),
      windows: evenWindows(windows, WINDOW_MS, {
        requests: repeat(windows, 300),
        errors: repeat(windows, 0),
      }),
      resources: {
        target: samplesOf(instants(0, workload.durationMs + 1, WINDOW_MS), {
          [TARGET_COLUMNS.cpuSeconds]: (ms) => (ms < 70_000 ? ms / 2000 : 35 + (ms - 70_000) / 1000),
          [TARGET_COLUMNS.connectionsMax]: () => 20,
        }),
      },
      criteria: [judgedCriterion({ phases: ['users-100'], status: 'fail' })],
      ...parts,
    }),
  );
}

describe('the ladder', () => {
  test('is there for ladders alone', () => {
    assert.deepEqual(absentOf(ladderSection(climbed([50], { phases: [] }))), [
      'No rung of the ladder was measured.',
    ]);
  });

  test('has a row a rung, with what stands in the way', () => {
    const table = tableOf(ladderSection(climbed()));
    assert.equal(table.caption, 'What each number of users got, mode=single');
    const figures = ['100 %', '90.0 ms', '90.0 ms', '10.0/s'];
    assert.deepEqual(table.rows, [
      ['50', ...figures, '0.50', { text: '✓ none', tone: 'good' }],
      ['100', ...figures, '1.00', { text: '✗ one of 2 cores busy', tone: 'bad' }],
      ['200', ...figures, '1.00', { text: '! one of 2 cores busy', tone: 'warning' }],
    ]);
    assert.match(textsOf(ladderSection(climbed()))[0] ?? '', /^Carried: 50 users/);
  });

  test('is on the terminal too', () => {
    const text = stripVTControlCharacters(terminalReport(climbed(), 'results'));
    assert.match(text, /^Users, rung by rung$/m);
    assert.match(text, /^ {2}100 +100 % +90\.0 ms +90\.0 ms +10\.0\/s +1\.00 +✗ one of 2 cores busy$/m);
    assert.match(text, /^ {2}Carried: 50 users/m);
    assert.doesNotMatch(terminalReport(resultOf(), 'results'), /rung by rung/);
  });

  test('estimates capacity, from three rungs on', () => {
    const items = itemsOf(ladderSection(climbed()));
    assert.equal(items.length, 3);
    assert.match(items[0] ?? '', /^saturated on the first rung, of 50 users, already$/);
    assert.match(items[1] ?? '', /nothing is said of more than 400, twice the last rung$/);
    assert.match(absentOf(ladderSection(climbed([50, 100])))[0] ?? '', /^Capacity is estimated from 3 rungs/);
  });

  test('reckons connections where both sides are known', () => {
    assert.match(absentOf(ladderSection(climbed()))[0] ?? '', /^Connections are not reckoned/);
    const reckoned = (maxConnections: number) =>
      textsOf(
        ladderSection(
          climbed([50, 100, 200], {
            details: { redis: null, postgresql: postgresqlDetails(maxConnections) },
          }),
        ),
      ).at(-1);
    const sum = 'Connections: 1 × 20 = 20, of';
    assert.equal(
      reckoned(100),
      `${sum} 100 that the database takes less 10 in reserve: they fit; each process may have up to 90.`,
    );
    assert.equal(
      reckoned(25),
      `${sum} 25 that the database takes less 10 in reserve: too many. Give each process at most 15.`,
    );
  });
});

const entry = { acknowledged: 20, complete: 20, incomplete: 0, duplicates: 0, lost: 0 };

test('records that are all there, and records that are not, are told in words', () => {
  const said = (lost: number) =>
    recordsSection(resultOf({ ledger: { order: { ...entry, complete: 20 - lost, lost } } }))?.blocks[0];
  assert.match(JSON.stringify(said(0)), /Every record .* is there/);
  assert.match(JSON.stringify(said(1)), /Some of the records are not/);
});

test('a breaker that opened has its times, and the answers of each phase', () => {
  const columns = { circuitBreakerState: [0, 2, 2, 0] };
  const section = breakersSection(
    resultOf({ resources: { target: { atMs: [0, 1000, 2000, 3000], columns } } }),
  );
  assert.deepEqual(
    tableOf(section).rows.map(([state, , length]) => [state, length]),
    [
      ['closed', '1000 ms'],
      ['open', '2000 ms'],
      ['closed', '0 ms'],
    ],
  );
});

test('a checklist names every category, also those without evidence', () => {
  const { rows } = tableOf(
    checklistSection([
      withAssessments(resultOf({ run: { assess: ['checklist'] }, ledger: { order: entry } })),
    ]),
  );
  assert.equal(rows.length, 8);
  assert.match(JSON.stringify(rows), /Transaction safety.*✓ met.*20 records acknowledged/);
  assert.match(JSON.stringify(rows), /External service protection.*no evidence/);
});

const asked = withAssessments(resultOf({ run: { assess: ['readiness'] } }));

test('the total, why it is not ready, and each component with what it lost points for', () => {
  const section = readinessSection(asked);
  assert.equal(textsOf(section)[0], 'NOT READY: 28 of 60 points (46.7 %).');
  assert.ok(itemsOf(section).includes('configuration: no data'));
  const { rows } = tableOf(section);
  assert.deepEqual(rows[0], [
    'Load handling',
    { text: '✓ good', tone: 'good' },
    '8/10',
    'restarts were not counted (−2)',
  ]);
  assert.deepEqual(rows[4]?.slice(1, 3), [{ text: '– no data', tone: 'warning' }, 'no data']);
});

test('on the terminal the same words', () => {
  const [first, ...rest] = readinessLines(asked);
  assert.match(first ?? '', /NOT READY: 28 of 60 points/);
  assert.ok(rest.some((line) => line.includes('configuration: no data')));
});

test('a campaign none of whose tests asks for readiness has no such section', () => {
  assert.equal(campaignReadiness([{ test: 'smoke', result: resultOf() }]), null);
  assert.equal(campaignReadiness([{ test: 'stress', result: null }]), null);
});

test('a row a test, with the points of each component, and what it comes to', () => {
  const section = campaignReadiness([
    { test: 'smoke', result: resultOf() },
    { test: 'stress', result: asked },
  ]);
  const scores = tableOf(section);
  assert.match(textsOf(section)[0] ?? '', /^NOT READY, as stress found/);
  const { total, outOf } = asked.readiness ?? assert.fail();
  assert.deepEqual(
    scores.columns.map(({ title }) => title),
    [
      'Test',
      'Load handling',
      'Response times',
      'Error handling',
      'Monitoring',
      'Configuration',
      'Database',
      'Total',
      'Readiness',
    ],
  );
  assert.deepEqual(scores.rows[0]?.slice(0, 2), ['stress', '8/10']);
  assert.deepEqual(scores.rows[0]?.slice(-2), [`${total}/${outOf}`, { text: '✗ NOT READY', tone: 'bad' }]);
});

const READ = 'GET /items/:id';

const endpoint = (parts: Partial<EndpointFigures>): EndpointFigures => ({
  ...endpointFigures(READ, { values: repeat(100, 10) }),
  ...parts,
});

const error = (parts: Partial<ErrorFigures>): ErrorFigures => ({
  kind: 'server-error',
  code: '500',
  reason: 'server-error',
  endpoint: READ,
  count: 1,
  share: 1,
  ...parts,
});

const statusRows = (one: EndpointFigures, errors: ErrorFigures[]) =>
  tableOf(statusesSection(resultOf({ endpoints: [one], errors }))).rows;

test('what is expected, refused by design and an error is told apart', () => {
  const rows = statusRows(endpoint({ statuses: { 0: 3, 200: 27, 429: 66, 500: 4 }, refusals: { 429: 66 } }), [
    error({ count: 4 }),
    error({ kind: 'unexpected-body', code: '200', count: 2 }),
    error({ kind: 'connection-refused', code: '1212', count: 3 }),
    error({ code: '500', count: 9, endpoint: 'GET /other' }),
  ]);
  assert.deepEqual(rows, [
    [READ, 'no answer', '3', '3.00 %', '0', '0', '3'],
    [READ, '200', '27', '27.0 %', '25', '0', '2'],
    [READ, '429', '66', '66.0 %', '0', '66', '0'],
    [READ, '500', '4', '4.00 %', '0', '0', '4'],
  ]);
});

test('a refusal that was not meant is an error', () => {
  const rows = statusRows(endpoint({ statuses: { 200: 40, 429: 60 } }), [
    error({ kind: 'rate-limited', code: '429', count: 60 }),
  ]);
  assert.deepEqual(rows[1], [READ, '429', '60', '60.0 %', '0', '0', '60']);
});
