import { type CampaignTestResult, isJudged } from '../../../lib/core/across-runs/index.ts';
import { READINESS_COMPONENTS, type Readiness, type Trend } from '../../../lib/core/evidence/index.ts';
import { PERCENTILES } from '../../../lib/core/metrics/index.ts';
import { formatValue, percentileName } from '../../../lib/core/numbers/index.ts';
import {
  absentBlock,
  type CellValue,
  numberColumns,
  section,
  statTexts,
  tableBlock,
  textBlock,
} from '../block-builders.ts';
import { formatInterval, formatLimit } from '../format.ts';
import type { Block, Cell, Section } from '../report-document.ts';
import { sparseFromQ } from '../run/distribution.ts';
import { COMPONENT_TITLES, scoreText } from '../run/verdict.ts';
import { runSections } from '../run-document.ts';
import { DECISION_WORDS, STATUS_CELLS } from '../verdict-words.ts';
import { judgedCriteria, NOT_JUDGED, statusTally, tableByTest, testsThatRan } from './ran-tests.ts';

/** Builds one section per test, with the same content as the report of a single run. */
export const testsSection = (tests: readonly CampaignTestResult[]): Section =>
  section(
    'tests',
    'Tests',
    [],
    tests.map((tested, i) => testSection(tested, `Test ${i + 1} of ${tests.length}`)),
  );

function testSection({ test, result }: CampaignTestResult, place: string): Section {
  const id = `test-${test}`;
  const title = `${place}: ${test}`;
  if (!result) return section(id, title, absentBlock('The test was not run.'));
  return section(
    id,
    `${title}, ${DECISION_WORDS[result.verdict.decision].words}`,
    [textBlock(result.run.description)],
    runSections(result).map((part) => prefixed(part, test)),
  );
}

/** Adds the name of the test to the front of all ids, because ids are unique only within one run. */
function prefixed({ id, title, blocks, sections }: Section, prefix: string): Section {
  return section(
    `${prefix}-${id}`,
    title,
    blocks.map((block): Block => (block.kind === 'chart' ? { ...block, id: `${prefix}-${block.id}` } : block)),
    sections?.map((part) => prefixed(part, prefix)),
  );
}

const NAMES = Object.keys(PERCENTILES) as (keyof typeof PERCENTILES)[];

/** Builds a table of the response times of all tests. The histogram of each test is in the section of that test. */
export function percentilesByTestSection(tests: readonly CampaignTestResult[]): Section {
  const withResponses = testsThatRan(tests).filter(({ result }) => result.totals.responseTimeMs.count > 0);
  return section(
    'distribution',
    'Response times',
    withResponses.length === 0
      ? absentBlock('No request got a response in any test.')
      : [
          {
            kind: 'chart',
            type: 'percentiles',
            id: 'percentiles-by-test',
            title: 'Response time by percentile (only percentiles with enough samples)',
            series: withResponses.map(({ test, result: { totals } }) => ({
              name: test,
              points: pointsOf(totals.responseTimeMs).filter(({ q }) => q <= sparseFromQ(totals.responseTimeMs.count)),
            })),
            sparseFromQ: 1,
          },
          tableBlock(
            'Percentiles by test',
            [
              'Test',
              ...numberColumns('Requests', 'Min', ...NAMES.map((name) => percentileName(PERCENTILES[name])), 'Max'),
            ],
            withResponses.map(({ test, result: { totals } }) => [
              test,
              totals.requests,
              ...statTexts(totals.responseTimeMs, 'min', ...NAMES, 'max'),
            ]),
          ),
        ],
  );
}

const pointsOf = (trend: Trend) => [
  { q: 0, ms: trend.min },
  ...NAMES.map((name) => ({ q: PERCENTILES[name], ms: trend[name] })),
];

/** Builds a table of all criteria of all tests. */
export function criteriaSection(tests: readonly CampaignTestResult[]): Section {
  const all = testsThatRan(tests).flatMap(({ test, result }) =>
    result.criteria.map((criterion) => ({ test, criterion, judged: isJudged(result) })),
  );
  return section(
    'criteria',
    'Success criteria',
    all.length === 0
      ? absentBlock('No criterion was judged.')
      : [
          textBlock(`Criteria: ${statusTally(judgedCriteria(tests))}.`),
          tableBlock(
            'Criteria of all tests, with 95 % intervals',
            ['Test', 'Criterion', 'Severity', 'Status', ...numberColumns('Target', 'Actual', 'Interval', 'Samples')],
            all.map(({ test, criterion, judged }): CellValue[] => [
              test,
              criterion.title,
              criterion.severity,
              judged ? STATUS_CELLS[criterion.status] : { text: NOT_JUDGED, tone: 'neutral' },
              formatLimit(criterion),
              formatValue(criterion.value, criterion.unit),
              formatInterval(criterion),
              criterion.samples,
            ]),
          ),
        ],
  );
}

/** Builds the readiness section, with one row per test that assesses readiness. Returns null if no test assesses it. */
export function readinessByTestSection(tests: readonly CampaignTestResult[]): Section | null {
  const assessed = testsThatRan(tests).flatMap(({ test, result }) =>
    result.readiness ? [{ test, result: result.readiness }] : [],
  );
  if (assessed.length === 0) return null;
  const notReady = assessed.filter(({ result }) => !result.ready).map(({ test }) => test);
  return section('readiness', 'Readiness', [
    textBlock(
      notReady.length === 0
        ? 'READY according to every test that assesses readiness.'
        : `NOT READY according to ${notReady.join(', ')}. The section of each test shows why its components lost points.`,
    ),
    tableByTest('Scores by component', assessed, {
      ...Object.fromEntries(
        READINESS_COMPONENTS.map((name) => [
          COMPONENT_TITLES[name],
          ({ components }: Readiness) =>
            scoreText(components.find(({ component }) => component === name)?.score ?? null),
        ]),
      ),
      Total: ({ total, outOf }) => `${total}/${outOf}`,
      Readiness: ({ ready }): Cell =>
        ready ? { text: '✓ READY', tone: 'good' } : { text: '✗ NOT READY', tone: 'bad' },
    }),
  ]);
}
