import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Campaign, type CampaignTestResult, isJudged } from '../../../lib/core/across-runs/index.ts';
import type { CriterionStatus, Decision, Diagnosis, Result } from '../../../lib/core/evidence/index.ts';
import { resultOf } from '../../../lib/core/testing/evidence.ts';
import { assertAgreement, assertWellFormed } from '../../testing/agreement.ts';
import { campaignRun, campaignOf as emptyCampaign } from '../../testing/campaign.ts';
import { numberOf, type ReadReport, type ReadTable, readReport } from '../../testing/campaign-report.ts';
import { flattened } from '../../testing/document.ts';
import { poolExhausted, rushResult } from '../../testing/rush.ts';
import { toMarkdown } from '../markdown.ts';
import type { ReportDocument, Section } from '../report-document.ts';
import { DECISION_WORDS, STATUS_CELLS } from '../verdict-words.ts';
import { campaignDocument } from './index.ts';

const rush = rushResult();

/** Returns the results of a ten-minute run with a given verdict and given criterion statuses. */
const testResult = (
  name: string,
  decision: Decision,
  parts: { statuses?: CriterionStatus[]; diagnosis?: Diagnosis[]; run?: Partial<Result['run']> } = {},
): CampaignTestResult => ({
  test: name,
  result: {
    ...rush,
    run: { ...rush.run, test: name, ...parts.run },
    criteria: rush.criteria.map((criterion, i) => ({ ...criterion, status: parts.statuses?.[i] ?? 'pass' })),
    diagnosis: parts.diagnosis ?? [],
    verdict: { decision, reasons: [`reason of ${name}`] },
  },
});

const FAILING: { statuses: CriterionStatus[] } = {
  statuses: rush.criteria.map(({ id }) => (poolExhausted.explains.includes(id) ? 'fail' : 'pass')),
};
const go = (name: string) => testResult(name, 'GO');
const conditional = (name: string) => testResult(name, 'CONDITIONAL_GO', { ...FAILING, diagnosis: [poolExhausted] });
const noGo = (name: string) => testResult(name, 'NO_GO', FAILING);
const inconclusive = (name: string) =>
  testResult(name, 'INCONCLUSIVE', {
    statuses: ['inconclusive', 'no data'],
    run: { scaled: true, scale: { time: 0.05, vus: 0.25 } },
  });
const invalid = (name: string) => testResult(name, 'INVALID', { statuses: ['no data'] });
const notRun = (name: string): CampaignTestResult => ({ test: name, result: null });

const campaignOf = (tests: readonly CampaignTestResult[], parts: Partial<Campaign> = {}): Campaign =>
  emptyCampaign([], {
    endedAt: '2025-01-18T15:10:00.000Z',
    settings: {
      environment: 'staging',
      apiUrl: 'https://staging.example.com',
      timeScale: 0.5,
      vusScale: 1,
      seed: 1,
      labels: { instance: 't3 medium' },
    },
    variables: ['TEST_ENV', 'API_URL', 'ADMIN_TOKEN'],
    productVariables: [{ name: 'ADMIN_TOKEN', description: 'token of the API', secret: true }],
    tests: tests.map(({ test: name, result }) => ({
      test: name,
      plannedMs: 60_000,
      run: result && campaignRun({ id: result.run.id, folder: `../../${name}/${result.run.id}` }),
    })),
    ...parts,
  });

const CAMPAIGNS: Record<string, CampaignTestResult[]> = {
  'in which every test is GO': [go('smoke'), go('peak')],
  'with one cause': [go('smoke'), conditional('peak'), conditional('spike')],
  'with every verdict': [
    go('smoke'),
    inconclusive('baseline'),
    noGo('peak'),
    conditional('spike'),
    invalid('endurance'),
    notRun('business-flow'),
  ],
  'in which no test was run': [notRun('smoke'), notRun('peak')],
};

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
const column = ({ rows }: ReadTable, title: string) => rows.map((row) => numberOf(row[title]));
const total = (table: ReadTable, title: string) => sum(column(table, title));

/** Returns the table with a given caption. Tables in the sections of single tests are ignored. */
function tableOf({ tables }: ReadReport, caption: RegExp): ReadTable {
  const [table, ...more] = tables.filter(({ caption: text, place }) => caption.test(text) && place[0] !== 'Tests');
  assert.ok(table, `a table ${caption}`);
  assert.deepEqual(more, [], `one table ${caption}`);
  return table;
}

for (const [description, tests] of Object.entries(CAMPAIGNS)) {
  const campaign = campaignOf(tests);
  const document = campaignDocument(campaign, tests);
  const markdown = toMarkdown(document);
  const report = readReport(markdown);
  const ran = tests.flatMap(({ test: name, result }) => (result ? [{ test: name, result }] : []));
  const criteria = ran.flatMap(({ result }) => (isJudged(result) ? result.criteria : []));

  describe(`the report of a campaign ${description}`, () => {
    test('the campaign report shows the verdict of each test and of the campaign', () => {
      const rows = tableOf(report, /^All tests$/).rows;
      assert.deepEqual(
        rows.map(({ Test, Verdict }) => [Test, Verdict]),
        tests.map(({ test: name, result }) => [
          name,
          result ? DECISION_WORDS[result.verdict.decision].words : 'not run',
        ]),
      );
      assert.equal(report.verdict, document.verdict.words);
      assert.ok(report.lines.some(({ text }) => text === `Verdict: ${report.verdict}`));
      assert.ok(document.sections.some(({ title }) => title === `GO / NO-GO decision: ${report.verdict}`));
    });

    test('the campaign report shows the same counts of tests and criteria everywhere', () => {
      const tally = `${criteria.filter(({ status }) => status === 'pass').length} of ${criteria.length} pass`;
      const tallies = report.lines.flatMap(({ text }) => /Criteria: (\d+ of \d+ pass)/.exec(text)?.[1] ?? []);
      assert.deepEqual(tallies, ran.length > 0 ? [tally, tally] : [tally]);
      const byTest = tableOf(report, /^All tests$/).rows.flatMap(({ Criteria }) => {
        const [, passed, all] = /^(\d+) of (\d+) pass/.exec(Criteria ?? '') ?? [];
        return all === undefined ? [] : [{ passed: Number(passed), all: Number(all) }];
      });
      const passed = sum(byTest.map((row) => row.passed));
      const all = sum(byTest.map((row) => row.all));
      assert.equal(`${passed} of ${all} pass`, tally);
      const goCount = tests.filter(({ result }) => result?.verdict.decision === 'GO').length;
      assert.ok(report.lines.some(({ text }) => text.startsWith(`Tests: ${goCount} of ${tests.length} GO`)));
    });

    test('the campaign report lists every criterion exactly once with its status', () => {
      const rows = ran.length === 0 ? [] : tableOf(report, /^Criteria of all tests/).rows;
      assert.deepEqual(
        rows.map(({ Test, Criterion, Status }) => [Test, Criterion, Status]),
        ran.flatMap(({ test: name, result }) =>
          result.criteria.map(({ title, status }) => [
            name,
            title,
            isJudged(result) ? STATUS_CELLS[status].text : 'not judged',
          ]),
        ),
      );
    });

    test('the campaign report has recommendations only for criteria that do not pass, and for every one of them', () => {
      const recommended = report.tables
        .filter(({ place }) => place[0] === 'Recommendations')
        .flatMap(({ rows }) => rows)
        .map(({ Evidence }) => Evidence)
        .join('\n');
      const titles = (pass: boolean) =>
        criteria.filter(({ status }) => (status === 'pass') === pass).map(({ title }) => title);
      const notPassed = new Set(titles(false));
      for (const title of notPassed) assert.ok(recommended.includes(title), title);
      for (const title of titles(true)) assert.ok(notPassed.has(title) || !recommended.includes(title), title);
      for (const { test: name, result } of tests)
        if (result?.verdict.decision !== 'GO')
          assert.ok(report.lines.some(({ place, text }) => place[1] === 'Action plan' && text.includes(name)));
    });

    test('the campaign report shows the same totals for each test as the result of that test', () => {
      for (const { test: name, result } of ran) assertAgreement(runOf(document, name, result), result);
    });

    test('the campaign report has no empty sections and no duplicate IDs', () => {
      assert.doesNotMatch(markdown, /null/);
      assertWellFormed(document);
    });
  });
}

/** Returns the sections of one test, with the same ids that these sections have in the report of a single run. */
function runOf(document: ReportDocument, name: string, { verdict }: Result): ReportDocument {
  const found = flattened(document.sections).find(({ id }) => id === `test-${name}`);
  assert.ok(found?.sections, `a section of ${name}`);
  const withoutPrefix = (text: string) => text.replace(`${name}-`, '');
  const withRunIds = ({ id, blocks, sections = [], ...rest }: Section): Section => ({
    ...rest,
    id: withoutPrefix(id),
    blocks: blocks.map((block) => (block.kind === 'chart' ? { ...block, id: withoutPrefix(block.id) } : block)),
    sections: sections.map(withRunIds),
  });
  return { ...document, verdict: DECISION_WORDS[verdict.decision], sections: found.sections.map(withRunIds) };
}

describe('sections of a campaign report over all tests', () => {
  const withoutProbes: CampaignTestResult = { test: 'smoke', result: resultOf() };
  const tests = [withoutProbes, conditional('peak'), conditional('spike')];
  const document = campaignDocument(campaignOf(tests), tests);
  const report = readReport(toMarkdown(document));

  test('the campaign report shows the condition of the verdict, its evidence by time, and the affected tests', () => {
    assert.equal(document.verdict.words, 'CONDITIONAL GO');
    const summary = report.lines.filter(({ place }) => place[0] === 'Executive summary').map(({ text }) => text);
    assert.ok(summary.includes(`- ${poolExhausted.title} (peak, spike): ${poolExhausted.recommendation}`));
    const evidence = tableOf(report, /^Evidence by time$/);
    assert.deepEqual(
      evidence.rows.map((row) => [row.Test, row.Period, row.Observation]),
      ['peak', 'spike'].flatMap((name) => poolExhausted.evidence.map(({ text }) => [name, '1:58–7:58', text])),
    );
    assert.deepEqual(
      tableOf(report, /^Causes by test$/).rows.map((row) => [row.Test, row.Confidence]),
      [
        ['peak', 'very likely (94.0 %)'],
        ['spike', 'very likely (94.0 %)'],
      ],
    );
  });

  test('the campaign report shows the lowest confidence factor as the confidence', () => {
    const shares = column(tableOf(report, /^Confidence factors$/), 'Share');
    const stated = report.lines.find(({ place }) => place[1] === 'Confidence')?.text;
    const [, confidence] = /^The confidence in CONDITIONAL GO is (.*), the lowest/.exec(stated ?? '') ?? [];
    assert.equal(numberOf(confidence), Math.min(...shares));
  });

  test('the campaign report shows pool, transactions, queries, indexes, caches and memory of each test', () => {
    const pool = tableOf(report, /^Connection pool$/);
    assert.deepEqual(
      pool.rows.map((row) => [row.Test, row.Size, row['In use (max)'], row['Waiting (max)']]),
      [
        ['peak', '20', '20', '35'],
        ['spike', '20', '20', '35'],
      ],
    );
    const transactions = tableOf(report, /^Transactions$/);
    assert.deepEqual(
      transactions.rows.map((row) => [row.Commits, row.Rollbacks, row['Share of rollbacks'], row.Deadlocks]),
      Array(2).fill(['99,000', '1,000', '1.00 %', '2']),
    );
    const queries = tableOf(report, /^Queries of all tests/);
    assert.equal(total(queries, 'Calls'), 2 * (10_800 + 3600));
    assert.equal(queries.rows[0]?.Max, '301 ms');
    assert.equal(queries.rows[1]?.Max, '–');
    assert.equal(total(tableOf(report, /^Indexes of all tests$/), 'Scans'), 2 * 10_800);
    assert.deepEqual(
      tableOf(report, /^Cache of the service$/).rows.map((row) => [row.Test, row['Hit rate']]),
      [
        ['peak', '90.0 %'],
        ['spike', '90.0 %'],
      ],
    );
    assert.equal(tableOf(report, /^Redis$/).rows[0]?.['Hit rate'], '87.1 %');
    for (const row of tableOf(report, /^Target: resident memory$/).rows) {
      const [start, end, growth] = ['Start', 'End', 'Growth'].map((title) => numberOf(row[title]));
      assert.ok(Math.abs((end as number) - (start as number) - (growth as number)) < 1, JSON.stringify(row));
    }
  });

  test('the campaign report shows a fact once if all tests agree, otherwise once per value with its tests', () => {
    const facts = tableOf(report, /^Measured environment$/).rows;
    const valuesOf = (name: string) => facts.filter(({ Name }) => Name === name).map((row) => [row.Value, row.Tests]);
    assert.deepEqual(valuesOf('Target'), [['https://staging.example.com', 'all tests']]);
    assert.deepEqual(valuesOf('Label instance'), [['t3 medium', 'all tests']]);
    assert.deepEqual(valuesOf('Connection pool size'), [['20', 'peak, spike']]);
    assert.deepEqual(valuesOf('k6'), [['2.2.0', 'all tests']]);
  });

  test('the campaign report shows the commands to repeat the campaign, and names but no values of variables', () => {
    const commands = report.lines.filter(({ place }) => place[1] === 'Commands').map(({ text }) => text);
    const options = "--time-scale 0.5 --label 'instance=t3 medium'";
    const target = 'TEST_ENV=staging API_URL=https://staging.example.com';
    assert.ok(commands.includes(`${target} npm run campaign -- shop ${options}`), commands.join('\n'));
    assert.ok(commands.includes(`${target} npm run suite -- run shop/peak ${options}`));
    assert.ok(!commands.some((line) => line.includes('--resume')));
    assert.deepEqual(
      tableOf(report, /^Variables of this campaign/).rows.map((row) => [row.Variable, row.Secret]),
      [
        ['TEST_ENV', 'no'],
        ['API_URL', 'no'],
        ['ADMIN_TOKEN', 'yes'],
      ],
    );
  });
});

test('the report of an interrupted campaign shows how to resume it', () => {
  const tests = [go('smoke'), notRun('peak')];
  const document: ReportDocument = campaignDocument(campaignOf(tests, { endedAt: null }), tests);
  const report = readReport(toMarkdown(document));
  assert.equal(report.verdict, 'INCONCLUSIVE');
  assert.ok(report.lines.some(({ text }) => text.startsWith('The campaign was interrupted')));
  assert.ok(report.lines.some(({ text }) => text.endsWith('--resume')));
});

test('the report of a scaled campaign states that it proves nothing about full size', () => {
  const tests = [inconclusive('smoke')];
  const text = toMarkdown(campaignDocument(campaignOf(tests), tests));
  assert.match(text, /Their results prove nothing about full size\./);
});
