import { type CampaignTestResult, isJudged } from '../../../lib/core/across-runs/index.ts';
import { READINESS_COMPONENTS, type Readiness, type Trend } from '../../../lib/core/evidence/index.ts';
import { PERCENTILES } from '../../../lib/core/metrics/index.ts';
import { formatValue, percentileName } from '../../../lib/core/numbers/index.ts';
import type { Block, Cell, Section } from '../document.ts';
import { formatInterval, formatLimit } from '../format.ts';
import { absent, right, section, stats, table, text, type Value } from '../run/blocks.ts';
import { thinFrom } from '../run/distribution.ts';
import { COMPONENT_TITLES, scoreWords } from '../run/verdict.ts';
import { runSections } from '../run-document.ts';
import { DECISIONS, STATUSES } from '../words.ts';
import { judgedCriteria, NOT_JUDGED, perTest, ranOf, tallyOf } from './tested.ts';

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
  if (!result) return section(id, title, absent('The test was not run.'));
  return section(
    id,
    `${title}, ${DECISIONS[result.verdict.decision].words}`,
    [text(result.run.description)],
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
export function distributionSection(tests: readonly CampaignTestResult[]): Section {
  const answered = ranOf(tests).filter(({ result }) => result.totals.durationMs.count > 0);
  return section(
    'distribution',
    'Distribution of response times',
    answered.length === 0
      ? absent('No request was answered in any test.')
      : [
          {
            kind: 'chart',
            type: 'percentiles',
            id: 'percentiles-by-test',
            title: 'Response time by percentile, of each test as far as enough samples lie above',
            series: answered.map(({ test, result: { totals } }) => ({
              name: test,
              points: pointsOf(totals.durationMs).filter(({ q }) => q <= thinFrom(totals.durationMs.count)),
            })),
            thinFromQ: 1,
          },
          table(
            'Percentiles by test',
            [
              'Test',
              ...right(
                'Requests',
                'Shortest',
                ...NAMES.map((name) => percentileName(PERCENTILES[name])),
                'Longest',
              ),
            ],
            answered.map(({ test, result: { totals } }) => [
              test,
              totals.requests,
              ...stats(totals.durationMs, 'min', ...NAMES, 'max'),
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
  const all = ranOf(tests).flatMap(({ test, result }) =>
    result.criteria.map((criterion) => ({ test, criterion, judged: isJudged(result) })),
  );
  return section(
    'criteria',
    'Success criteria',
    all.length === 0
      ? absent('No criterion was judged.')
      : [
          text(`Criteria: ${tallyOf(judgedCriteria(tests))}.`),
          table(
            'Criteria of all tests, each with the interval of its value at 95 %',
            ['Test', 'Criterion', 'Severity', 'Status', ...right('Target', 'Actual', 'Interval', 'Samples')],
            all.map(({ test, criterion, judged }): Value[] => [
              test,
              criterion.title,
              criterion.severity,
              judged ? STATUSES[criterion.status] : { text: NOT_JUDGED, tone: 'neutral' },
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
export function readinessSection(tests: readonly CampaignTestResult[]): Section | null {
  const asked = ranOf(tests).flatMap(({ test, result }) =>
    result.readiness ? [{ test, result: result.readiness }] : [],
  );
  if (asked.length === 0) return null;
  const notReady = asked.filter(({ result }) => !result.ready).map(({ test }) => test);
  return section('readiness', 'Readiness', [
    text(
      notReady.length === 0
        ? 'READY, as every test that looks at it finds.'
        : `NOT READY, as ${notReady.join(', ')} found: what each component lost its points for is in the section of the test.`,
    ),
    perTest('Scores by component', asked, {
      ...Object.fromEntries(
        READINESS_COMPONENTS.map((name) => [
          COMPONENT_TITLES[name],
          ({ components }: Readiness) =>
            scoreWords(components.find(({ component }) => component === name)?.score ?? null),
        ]),
      ),
      Total: ({ total, outOf }) => `${total}/${outOf}`,
      Readiness: ({ ready }): Cell =>
        ready ? { text: '✓ READY', tone: 'good' } : { text: '✗ NOT READY', tone: 'bad' },
    }),
  ]);
}
