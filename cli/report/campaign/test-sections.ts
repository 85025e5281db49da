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

/** Each test as the report of its run has it. */
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

/** Ids are unique within one run; in a campaign, with the name of the test. */
function prefixed({ id, title, blocks, sections }: Section, prefix: string): Section {
  return section(
    `${prefix}-${id}`,
    title,
    blocks.map(
      (block): Block => (block.kind === 'chart' ? { ...block, id: `${prefix}-${block.id}` } : block),
    ),
    sections?.map((part) => prefixed(part, prefix)),
  );
}

const NAMES = Object.keys(PERCENTILES) as (keyof typeof PERCENTILES)[];

/** Response times of all tests beside each other; the histogram of each is with its test. */
export function percentilesByTestSection(tests: readonly CampaignTestResult[]): Section {
  const answered = testsThatRan(tests).filter(({ result }) => result.totals.durationMs.count > 0);
  return section(
    'distribution',
    'Distribution of response times',
    answered.length === 0
      ? absentBlock('No request was answered in any test.')
      : [
          {
            kind: 'chart',
            type: 'percentiles',
            id: 'percentiles-by-test',
            title: 'Response time by percentile, of each test as far as enough samples lie above',
            series: answered.map(({ test, result: { totals } }) => ({
              name: test,
              points: pointsOf(totals.durationMs).filter(
                ({ q }) => q <= sparseFromQ(totals.durationMs.count),
              ),
            })),
            sparseFromQ: 1,
          },
          tableBlock(
            'Percentiles by test',
            [
              'Test',
              ...numberColumns(
                'Requests',
                'Shortest',
                ...NAMES.map((name) => percentileName(PERCENTILES[name])),
                'Longest',
              ),
            ],
            answered.map(({ test, result: { totals } }) => [
              test,
              totals.requests,
              ...statTexts(totals.durationMs, 'min', ...NAMES, 'max'),
            ]),
          ),
        ],
  );
}

const pointsOf = (trend: Trend) => [
  { q: 0, ms: trend.min },
  ...NAMES.map((name) => ({ q: PERCENTILES[name], ms: trend[name] })),
];

/** Every promise of every test. */
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
            'Criteria of all tests, each with the interval of its value at 95 %',
            [
              'Test',
              'Criterion',
              'Severity',
              'Status',
              ...numberColumns('Target', 'Actual', 'Interval', 'Samples'),
            ],
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

/** What each test that asks for it finds of the system around it; null where none does. */
export function readinessByTestSection(tests: readonly CampaignTestResult[]): Section | null {
  const asked = testsThatRan(tests).flatMap(({ test, result }) =>
    result.readiness ? [{ test, result: result.readiness }] : [],
  );
  if (asked.length === 0) return null;
  const notReady = asked.filter(({ result }) => !result.ready).map(({ test }) => test);
  return section('readiness', 'Readiness', [
    textBlock(
      notReady.length === 0
        ? 'READY, as every test that looks at it finds.'
        : `NOT READY, as ${notReady.join(', ')} found: what each component lost its points for is in the section of the test.`,
    ),
    tableByTest('Scores by component', asked, {
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
