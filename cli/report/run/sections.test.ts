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

describe('a section that does not apply to a test', () => {
  const builders: Record<string, (result: Result) => Section | null> = {
    benchmark: benchmarkSection,
    bursts: burstsSection,
    ladder: ladderSection,
    readiness: readinessSection,
    checklist: (result) => checklistSection([result]),
    records: recordsSection,
    breakers: breakersSection,
  };
  for (const [name, build] of Object.entries(builders))
    test(`the ${name} section is omitted if it does not apply to the test`, () =>
      assert.equal(build(resultOf()), null));

  test('the terminal report has no readiness lines if the test does not assess readiness', () =>
    assert.deepEqual(readinessLines(resultOf()), []));
});

test('the status code section explains why it has no data', () => {
  assert.equal(absentOf(statusesSection(resultOf())).length, 1);
});

const [first, second] = phasesWithLengths({ read: 10_000, pay: 20_000 }) as [Phase, Phase];

/**
 * Returns a phase that signs in once and then sends requests to one endpoint.
 * @param values the durations of the requests in ms
 */
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

describe('the benchmark section', () => {
  test('the benchmark section explains that there are no samples if no phase was measured', () => {
    const { phases, ...rest } = benchmarked([]);
    const none = benchmarkSection({ ...rest, phases: [] });
    assert.equal(absentOf(none).length, none?.blocks.length);
  });

  test('the benchmark section has one row per operation, with the endpoint that was called most often', () => {
    assert.deepEqual(cellsOf(benchmarkSection(benchmarked(repeat(50, 60)))), [
      ['read', 'GET /items', '100', ...repeat(6, '20.0 ms'), '0', 'ok'],
      ['pay', 'POST /payments', '50', ...repeat(6, '60.0 ms'), '0', 'ok'],
    ]);
    assert.deepEqual(itemsOf(benchmarkSection(benchmarked(repeat(50, 60)))), []);
  });

  const slow: [limit: string, values: number[], finding: string][] = [
    ['by its mean', repeat(50, 150), 'pay: mean 150 ms > 100 ms'],
    ['by its p95', [...repeat(45, 10), ...repeat(5, 300)], 'pay: p95 300 ms > 200 ms'],
    ['by mean and p95', repeat(50, 300), 'pay: p95 300 ms > 200 ms, mean 300 ms > 100 ms'],
  ];
  for (const [limit, values, finding] of slow)
    test(`the benchmark section lists an operation that is too slow ${limit}`, () => {
      assert.deepEqual(itemsOf(benchmarkSection(benchmarked(values))), [finding]);
      assert.deepEqual(
        cellsOf(benchmarkSection(benchmarked(values))).map((row) => row.at(-1)),
        ['ok', finding.slice('pay: '.length)],
      );
    });
});

test('the bursts section shows period, started VUs and spread of start times for each burst', () => {
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

/** Returns a ladder where one of two cores is busy at 100 users and above, and a criterion fails there. */
function ladderResult(rungs: number[] = [50, 100, 200], parts: Partial<Result> = {}): Result {
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

describe('the ladder section', () => {
  test('the ladder section explains that no rung was measured', () => {
    assert.deepEqual(absentOf(ladderSection(ladderResult([50], { phases: [] }))), [
      'No rung of the ladder was measured.',
    ]);
  });

  test('the ladder section has one row per rung with its key issue', () => {
    const table = tableOf(ladderSection(ladderResult()));
    assert.equal(table.caption, 'Results by number of users, mode=single');
    const figures = ['100 %', '90.0 ms', '90.0 ms', '10.0/s'];
    assert.deepEqual(table.rows, [
      ['50', ...figures, '0.50', { text: '✓ none', tone: 'good' }],
      ['100', ...figures, '1.00', { text: '✗ one of 2 cores busy', tone: 'bad' }],
      ['200', ...figures, '1.00', { text: '! one of 2 cores busy', tone: 'warning' }],
    ]);
    assert.match(textsOf(ladderSection(ladderResult()))[0] ?? '', /^Supported: 50 users/);
  });

  test('the terminal report of a run shows the ladder section', () => {
    const text = stripVTControlCharacters(terminalReport(ladderResult(), 'results'));
    assert.match(text, /^User ladder$/m);
    assert.match(text, /^ {2}100 +100 % +90\.0 ms +90\.0 ms +10\.0\/s +1\.00 +✗ one of 2 cores busy$/m);
    assert.match(text, /^ {2}Supported: 50 users/m);
    assert.doesNotMatch(terminalReport(resultOf(), 'results'), /User ladder/);
  });

  test('the ladder section estimates capacity if there are at least three rungs', () => {
    const items = itemsOf(ladderSection(ladderResult()));
    assert.equal(items.length, 3);
    assert.match(items[0] ?? '', /^saturation: already reached on the first rung \(50 users\)$/);
    assert.match(items[1] ?? '', /\(estimated up to 400 users, twice the last rung\)$/);
    assert.match(
      absentOf(ladderSection(ladderResult([50, 100])))[0] ?? '',
      /^Capacity is not estimated\. This requires at least 3 rungs/,
    );
  });

  test('the ladder section calculates the connection budget if pool size and database limit are known', () => {
    assert.match(absentOf(ladderSection(ladderResult()))[0] ?? '', /^The connection budget is not calculated/);
    const budgetText = (maxConnections: number) =>
      textsOf(
        ladderSection(
          ladderResult([50, 100, 200], {
            details: { redis: null, postgresql: postgresqlDetails(maxConnections) },
          }),
        ),
      ).at(-1);
    const sum = 'Connections: 1 × 20 = 20 needed. The database allows';
    assert.equal(
      budgetText(100),
      `${sum} 100, minus 10 in reserve. The connections fit: each process can open up to 90.`,
    );
    assert.equal(
      budgetText(25),
      `${sum} 25, minus 10 in reserve. The database does not allow this many: limit each process to 15.`,
    );
  });
});

const entry = { acknowledged: 20, complete: 20, incomplete: 0, duplicates: 0, lost: 0 };

test('the records section states whether acknowledged records are damaged', () => {
  const text = (lost: number) =>
    recordsSection(resultOf({ ledger: { order: { ...entry, complete: 20 - lost, lost } } }))?.blocks[0];
  assert.match(JSON.stringify(text(0)), /Every acknowledged record exists/);
  assert.match(JSON.stringify(text(1)), /Some acknowledged records are lost/);
});

test('the breakers section shows each state of the circuit breaker with its duration', () => {
  const columns = { circuitBreakerState: [0, 2, 2, 0] };
  const section = breakersSection(resultOf({ resources: { target: { atMs: [0, 1000, 2000, 3000], columns } } }));
  assert.deepEqual(
    tableOf(section).rows.map(([state, , length]) => [state, length]),
    [
      ['closed', '1000 ms'],
      ['open', '2000 ms'],
      ['closed', '0 ms'],
    ],
  );
});

test('the checklist section lists every category, including categories without evidence', () => {
  const { rows } = tableOf(
    checklistSection([withAssessments(resultOf({ run: { assess: ['checklist'] }, ledger: { order: entry } }))]),
  );
  assert.equal(rows.length, 8);
  assert.match(JSON.stringify(rows), /Transaction safety.*✓ met.*20 records acknowledged/);
  assert.match(JSON.stringify(rows), /External service protection.*no evidence/);
});

const assessed = withAssessments(resultOf({ run: { assess: ['readiness'] } }));

test('the readiness section shows the total, the reasons and the deductions of each component', () => {
  const section = readinessSection(assessed);
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

test('readinessLines returns the same total and reasons as the readiness section', () => {
  const [first, ...rest] = readinessLines(assessed);
  assert.match(first ?? '', /NOT READY: 28 of 60 points/);
  assert.ok(rest.some((line) => line.includes('configuration: no data')));
});

test('the report of a campaign has no readiness section if none of its tests assesses readiness', () => {
  assert.equal(campaignReadiness([{ test: 'smoke', result: resultOf() }]), null);
  assert.equal(campaignReadiness([{ test: 'stress', result: null }]), null);
});

test('the readiness section of a campaign has one row per test, with component scores and the total', () => {
  const section = campaignReadiness([
    { test: 'smoke', result: resultOf() },
    { test: 'stress', result: assessed },
  ]);
  const scores = tableOf(section);
  assert.match(textsOf(section)[0] ?? '', /^NOT READY according to stress\./);
  const { total, outOf } = assessed.readiness ?? assert.fail();
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

const statusRows = (endpoint: EndpointFigures, errors: ErrorFigures[]) =>
  tableOf(statusesSection(resultOf({ endpoints: [endpoint], errors }))).rows;

test('the status code section counts responses as expected, refused by design or errors', () => {
  const rows = statusRows(endpoint({ statuses: { 0: 3, 200: 27, 429: 66, 500: 4 }, refusals: { 429: 66 } }), [
    error({ count: 4 }),
    error({ kind: 'unexpected-body', code: '200', count: 2 }),
    error({ kind: 'connection-refused', code: '1212', count: 3 }),
    error({ code: '500', count: 9, endpoint: 'GET /other' }),
  ]);
  assert.deepEqual(rows, [
    [READ, 'no response', '3', '3.00 %', '0', '0', '3'],
    [READ, '200', '27', '27.0 %', '25', '0', '2'],
    [READ, '429', '66', '66.0 %', '0', '66', '0'],
    [READ, '500', '4', '4.00 %', '0', '0', '4'],
  ]);
});

test('the shares of status codes are finite even if a window was cut short before it received durations', () => {
  assert.deepEqual(statusRows(endpoint({ requests: 0, statuses: { 200: 1 } }), []), [
    [READ, '200', '1', '100 %', '1', '0', '0'],
  ]);
});

test('the status code section counts an unexpected refusal as an error', () => {
  const rows = statusRows(endpoint({ statuses: { 200: 40, 429: 60 } }), [
    error({ kind: 'rate-limited', code: '429', count: 60 }),
  ]);
  assert.deepEqual(rows[1], [READ, '429', '60', '60.0 %', '0', '0', '60']);
});
