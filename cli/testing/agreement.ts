import assert from 'node:assert/strict';
import type { Result } from '../../lib/core/evidence/index.ts';
import type { ReportDocument, Table } from '../report/report-document.ts';
import { DECISION_WORDS, STATUS_CELLS } from '../report/verdict-words.ts';
import { chartsOf, flattened, itemsOf, recordsOf, sectionOf, tableIn, textsOf } from './document.ts';

/**
 * Asserts that all parts of a run's report agree with each other and with the result. Compares the words and numbers
 * that readers of the report see.
 */
export function assertAgreement(document: ReportDocument, result: Result): void {
  assertWellFormed(document);
  assertVerdict(document, result);
  const { requests, errors } = result.totals;
  const answers = rowsOf(tableIn(document, 'results', 'All requests'), 'Name');
  assert.equal(numberIn(answers.Requests?.Value), requests);
  assert.equal(numberIn(answers.Errors?.Value), errors);

  const counted: [section: string, caption: RegExp, column: string, total: number][] = [
    ['results', /^Responses by status/, 'Requests', requests],
    ['endpoints', /^Requests by endpoint/, 'Requests', requests],
    ['endpoints', /^Requests by endpoint/, 'Errors', errors],
    ['phases', /^Requests by phase/, 'Requests', requests],
    ['phases', /^Requests by phase/, 'Errors', errors],
    ['distribution', /^Histogram/, 'Requests', requests],
    ['timeline', /^Load/, 'Requests', requests],
    ['timeline', /^Response time/, 'Errors', errors],
    ...(errors === 0
      ? []
      : ([
          ['errors', /^Errors by kind/, 'Errors', errors],
          ['errors', /^Errors by reason/, 'Errors', errors],
          ['errors', /^Errors over time/, 'Errors', errors],
          ['errors', /^Errors over time/, 'Requests', requests],
        ] satisfies [string, RegExp, string, number][])),
  ];
  for (const [section, caption, column, total] of counted) {
    const table = tableIn(document, section, caption);
    assert.equal(sumOf(table, column), total, `${column} of ${caption}`);
    assertShares(table, column);
  }
  assertPercentiles(document, result);
  if (result.phases.length > 1) assertPhases(document);
  for (const flow of result.flows.filter(({ iterations }) => iterations > 0)) assertFlow(document, flow);
  assertCharts(document, result);
}

/** Asserts that every section of a report has content and every number is valid. */
export function assertWellFormed(document: ReportDocument): void {
  const sections = flattened(document.sections);
  const ids = [...sections, ...chartsOf(document)].map(({ id }) => id);
  assert.equal(new Set(ids).size, ids.length, `ids are unique: ${ids}`);
  assert.doesNotMatch(JSON.stringify(document), /NaN|undefined|Infinity|\[object/);
  for (const { id, blocks, sections: parts = [] } of sections) {
    assert.ok(blocks.length + parts.length > 0, `${id} is not empty: without data it says why`);
    const tables = blocks.filter((block) => block.kind === 'table');
    if (blocks.some(({ kind }) => kind === 'chart'))
      assert.ok(tables.length > 0, `${id} says in a table what its charts show`);
    for (const { caption, columns, rows } of tables) {
      assert.ok(rows.length > 0, `${caption} has rows`);
      assert.ok(columns.every(({ title }) => title !== ''));
      for (const row of rows) assert.equal(row.length, columns.length, `${caption}: ${JSON.stringify(row)}`);
    }
  }
}

function assertVerdict(document: ReportDocument, { verdict, criteria }: Result): void {
  const { words } = DECISION_WORDS[verdict.decision];
  assert.equal(document.verdict.words, words);
  const summary = sectionOf(document, 'summary');
  assert.ok(textsOf(summary).includes(`Verdict: ${words}`));
  assert.deepEqual(itemsOf(summary), verdict.reasons);
  if (criteria.length === 0) return;
  const rows = recordsOf(tableIn(document, 'summary', /^Criteria/));
  assert.deepEqual(
    rows.map((row) => [row.Criterion, row.Status]),
    criteria.map(({ title, status }) => [title, STATUS_CELLS[status].text]),
  );
  const passed = rows.filter(({ Status }) => Status === STATUS_CELLS.pass.text).length;
  assert.ok(textsOf(summary).includes(`${passed} of ${rows.length} criteria pass.`));
  if (words === 'GO') assert.equal(passed, rows.length, 'a GO has every criterion pass');
}

/** Asserts that each share is relative to the sum of all rows, and each error rate to the requests in the same row. */
function assertShares(table: Table, column: string): void {
  const all = sumOf(table, column);
  for (const row of recordsOf(table)) {
    if (row.Share !== undefined) assertShown(row.Share, numberIn(row[column]) / all);
    if (row['Error rate'] !== undefined && numberIn(row.Requests) > 0)
      assertShown(row['Error rate'], numberIn(row.Errors) / numberIn(row.Requests));
  }
}

/** Asserts that the errors of a phase are the sum of the errors of its endpoints. */
function assertPhases(document: ReportDocument): void {
  const byEndpoint = tableIn(document, 'phases', 'Errors by endpoint and phase');
  for (const { Phase, Errors } of recordsOf(tableIn(document, 'phases', /^Requests by phase/)))
    assert.equal(sumOf(byEndpoint, Phase as string), numberIn(Errors), `errors during ${Phase}`);
}

function assertPercentiles(document: ReportDocument, { totals }: Result): void {
  const total = rowsOf(tableIn(document, 'results', 'All requests'), 'Name');
  const percentiles = rowsOf(tableIn(document, 'distribution', 'Percentiles'), 'Percentile');
  for (const name of ['p50', 'p95', 'p99', 'max'])
    assert.equal(percentiles[name]?.['Response time'], total[`Response time, ${name}`]?.Value);
  const curve = chartsOf(document).find((chart) => chart.type === 'percentiles');
  const points = curve?.series[0]?.points ?? [];
  assert.equal(points.find(({ q }) => q === 0.95)?.ms, totals.responseTimeMs.p95);
  points.slice(1).forEach((point, i) => {
    const before = points[i] as (typeof points)[number];
    assert.ok(point.q > before.q && point.ms >= before.ms, `the curve rises at ${point.q}`);
  });
}

function assertFlow(document: ReportDocument, flow: Result['flows'][number]): void {
  const section = `flow-${flow.name}`;
  const { iterations, succeeded } = flow;
  const whole = rowsOf(tableIn(document, section, 'Steps'), 'Step')['whole flow'];
  assert.equal(numberIn(whole?.Attempts), iterations);
  assert.equal(numberIn(whole?.Succeeded), succeeded);
  const overTime = tableIn(document, section, /^Success over time/);
  assert.equal(sumOf(overTime, 'Ended'), iterations);
  assert.equal(sumOf(overTime, 'Succeeded'), succeeded);
  assert.equal(sumOf(overTime, 'Failed'), iterations - succeeded);
  for (const row of recordsOf(overTime))
    if (row.Ended !== '0') assertShown(row.Success, numberIn(row.Succeeded) / numberIn(row.Ended));
  if (flow.failures.length === 0) return;
  const failures = tableIn(document, section, /^Failures/);
  assert.equal(sumOf(failures, 'Failures'), iterations - succeeded);
  for (const row of recordsOf(failures))
    assertShown(row['Share of failures'], numberIn(row.Failures) / (iterations - succeeded));
}

/** Asserts that charts contain the same data as the result: one value per window, with the same totals. */
function assertCharts(document: ReportDocument, { windows, totals }: Result): void {
  const charts = chartsOf(document);
  for (const chart of charts)
    if (chart.type === 'time')
      for (const { name, values } of chart.series)
        assert.equal(values.length, chart.atMs.length, `${chart.id}: ${name}`);
  const errors = charts.find(({ id }) => id === 'errors-by-kind');
  if (errors?.type === 'time') {
    const values = errors.series.flatMap((series) => series.values);
    assert.equal(total(values.map((value) => value ?? 0)), totals.errors);
  }
  const rate = charts.find(({ id }) => id === 'rate');
  if (rate?.type === 'time') {
    const requests = rate.series.find(({ name }) => name === 'requests')?.values ?? [];
    const seconds = windows.durationMs.map((ms) => ms / 1000);
    const counted = total(requests.map((perSecond, i) => (perSecond ?? 0) * (seconds[i] ?? 0)));
    assert.ok(Math.abs(counted - totals.requests) < 0.5);
  }
}

/** Asserts that a displayed percentage equals the fraction, except for rounding. */
function assertShown(text: string | undefined, fraction: number): void {
  const shown = /^(\d+(?:\.(\d+))?) %$/.exec(text ?? '');
  assert.ok(shown, `${text} is a percentage`);
  const digits = shown[2]?.length ?? 0;
  assert.ok(Math.abs(Number(shown[1]) - fraction * 100) <= 0.5 * 10 ** -digits + 1e-9, `${text} is ${fraction}`);
}

const total = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);
const numberIn = (text: string | undefined) => Number(text?.replaceAll(',', ''));

/** Returns the rows of a table, by the text in the given column. */
const rowsOf = (table: Table, column: string): Record<string, Record<string, string>> =>
  Object.fromEntries(recordsOf(table).map((row) => [row[column], row]));

const sumOf = (table: Table, column: string) => total(recordsOf(table).map((row) => numberIn(row[column])));
