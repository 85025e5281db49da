import { type CampaignTestResult, failedCriticalCriteria, isJudged } from '../../../lib/core/across-runs/index.ts';
import type { Cause, Diagnosis, JudgedCriterion } from '../../../lib/core/evidence/index.ts';
import { formatValue, pluralize } from '../../../lib/core/numbers/index.ts';
import { absentBlock, NO_VALUE, section, tableBlock } from '../block-builders.ts';
import { formatInterval, formatLimit, formatRange } from '../format.ts';
import type { Section } from '../report-document.ts';
import { confidenceText } from '../verdict-words.ts';
import { type RanTest, testsThatRan } from './ran-tests.ts';

/** A diagnosis, with the test whose run was diagnosed and the result of that run. */
interface Diagnosed extends RanTest {
  diagnosis: Diagnosis;
}

/** Groups the diagnoses of all tests by cause, in the order in which the causes first occur. */
function diagnosesByCause(
  tests: readonly CampaignTestResult[],
): { cause: Cause; title: string; diagnosed: Diagnosed[] }[] {
  const all = testsThatRan(tests).flatMap((ran) => ran.result.diagnosis.map((diagnosis) => ({ ...ran, diagnosis })));
  return [...Map.groupBy(all, ({ diagnosis }) => diagnosis.cause)].map(([cause, diagnosed]) => ({
    cause,
    title: diagnosed[0]?.diagnosis.title ?? cause,
    diagnosed,
  }));
}

/** Builds the section about the causes of failures in all tests, with evidence and recommendations for each cause. */
export function causesSection(tests: readonly CampaignTestResult[]): Section {
  const causes = diagnosesByCause(tests);
  const ran = testsThatRan(tests);
  return section(
    'root-causes',
    'Root causes',
    causes.length === 0 ? [absentBlock(noCause(ran))] : [causesTable(causes)],
    causes.map(causeSection),
  );
}

const noCause = (ran: readonly RanTest[]): string =>
  ran.every(({ result }) => result.criteria.every(({ status }) => status === 'pass'))
    ? 'No criterion fails, and no diagnosis rule found a problem in any test.'
    : 'No diagnosis rule found a cause in the measurements.';

const causesTable = (causes: ReturnType<typeof diagnosesByCause>) =>
  tableBlock(
    'Causes by test',
    ['Cause', 'Test', 'Confidence', 'Affected criteria', 'Fixed by configuration'],
    causes.flatMap(({ title, diagnosed }) =>
      diagnosed.map(({ test, diagnosis, result }) => [
        title,
        test,
        confidenceText(diagnosis.confidence),
        affectedCriteria(diagnosis, result) || NO_VALUE,
        diagnosis.fixable ? 'yes' : 'no',
      ]),
    ),
  );

const affectedCriteria = ({ explains }: Diagnosis, { criteria }: RanTest['result']): string =>
  criteria
    .filter(({ id }) => explains.includes(id))
    .map(({ title }) => title)
    .join(', ');

const causeSection = ({ cause, title, diagnosed }: ReturnType<typeof diagnosesByCause>[number]): Section =>
  section(`root-cause-${cause}`, title, [
    tableBlock(
      'Evidence by time',
      ['Test', 'Period', 'Observation'],
      diagnosed.flatMap(({ test, diagnosis }) =>
        [...diagnosis.evidence]
          .sort((a, b) => a.fromMs - b.fromMs)
          .map(({ fromMs, toMs, text }) => [test, formatRange(fromMs, toMs), text]),
      ),
    ),
    tableBlock(
      'Recommendations',
      ['Test', 'What to do'],
      diagnosed.map(({ test, diagnosis }) => [test, diagnosis.recommendation]),
    ),
    diagnosed.some(({ diagnosis }) => diagnosis.ruledOut.length > 0)
      ? tableBlock(
          'Ruled out',
          ['Test', 'Other cause and evidence against it'],
          diagnosed.flatMap(({ test, diagnosis }) => diagnosis.ruledOut.map((text) => [test, text])),
        )
      : absentBlock('The diagnosis rules know no other cause with the same symptoms.'),
  ]);

/** The priority of a recommendation. A recommendation with priority `critical` blocks the launch. */
type Priority = 'critical' | 'high' | 'medium';

export interface Recommendation {
  priority: Priority;
  issue: string;
  tests: string[];
  /** Evidence for the recommendation: texts that contain the measured numbers. */
  because: string[];
  todo: string[];
}

const PRIORITIES: { priority: Priority; title: string; caption: string; none: string }[] = [
  {
    priority: 'critical',
    title: 'Critical',
    caption: 'Issues that block the launch',
    none: 'Nothing blocks the launch. Every critical criterion of every test passes.',
  },
  {
    priority: 'high',
    title: 'High',
    caption: 'Causes that do not affect a critical criterion',
    none: 'No other cause was found.',
  },
  {
    priority: 'medium',
    title: 'Medium',
    caption: 'Minor criteria that do not pass and have no known cause',
    none: 'No minor criterion fails without a known cause.',
  },
];

export function recommendationsSection(tests: readonly CampaignTestResult[]): Section {
  const all = recommendationsOf(tests);
  return section(
    'recommendations',
    'Recommendations',
    [],
    PRIORITIES.map(({ priority, title, caption, none }) => {
      const withPriority = all.filter((recommendation) => recommendation.priority === priority);
      return section(`recommendations-${priority}`, title, [
        withPriority.length === 0
          ? absentBlock(none)
          : tableBlock(
              caption,
              ['Issue', 'Tests', 'Evidence', 'What to do'],
              withPriority.map(({ issue, tests: affected, because, todo }) => [
                issue,
                affected.join(', '),
                because.join('; '),
                todo.join(' '),
              ]),
            ),
      ]);
    }),
  );
}

/**
 * Returns all recommendations, sorted by descending priority. Within a priority, causes that were diagnosed come first.
 */
export function recommendationsOf(tests: readonly CampaignTestResult[]): Recommendation[] {
  const all = [
    ...diagnosesByCause(tests).flatMap(({ cause, title, diagnosed }) =>
      cause === 'unknown' ? [] : forCause(title, diagnosed),
    ),
    ...testsThatRan(tests).flatMap(forUnexplainedCriteria),
    ...tests.flatMap(forUnjudgedTest),
  ];
  return PRIORITIES.flatMap(({ priority }) => all.filter((recommendation) => recommendation.priority === priority));
}

/**
 * Returns the recommendation for one cause. If the cause makes critical criteria fail in some tests, only the evidence
 * and advice of those tests are used.
 */
function forCause(issue: string, diagnosed: readonly Diagnosed[]): Recommendation {
  const blocking = diagnosed.filter(({ result, diagnosis }) =>
    failedCriticalCriteria(result).some((id) => diagnosis.explains.includes(id)),
  );
  const relevant = blocking.length > 0 ? blocking : diagnosed;
  return {
    priority: blocking.length > 0 ? 'critical' : 'high',
    issue,
    tests: diagnosed.map(({ test }) => test),
    because: relevant.flatMap(({ test, result, diagnosis }) => {
      const explained = result.criteria.filter(({ id }) => diagnosis.explains.includes(id)).map(criterionSummary);
      const facts = explained.length > 0 ? explained : diagnosis.evidence.map(({ text }) => text);
      return facts.map((fact) => `${test}: ${fact}`);
    }),
    todo: distinctRecommendations(relevant),
  };
}

/**
 * Removes duplicate recommendations. If several different recommendations are left, each starts with the names of its
 * tests.
 */
function distinctRecommendations(diagnosed: readonly Diagnosed[]): string[] {
  const byText = Map.groupBy(diagnosed, ({ diagnosis }) => diagnosis.recommendation);
  return [...byText].map(([recommendation, from]) =>
    byText.size === 1 ? recommendation : `${from.map(({ test }) => test).join(', ')}: ${recommendation}`,
  );
}

const UNEXPLAINED = {
  fail: {
    issue: 'fails without a known cause',
    todo: (test: string) => `Find the cause in the errors, resources and timeline of ${test}.`,
  },
  undecided: {
    issue: 'could not be judged',
    todo: (test: string) => `Run ${test} again, longer or with more load, to collect more samples.`,
  },
};

/** Returns recommendations for the criteria of a test that do not pass and that no diagnosis explains. */
function forUnexplainedCriteria({ test, result }: RanTest): Recommendation[] {
  if (!isJudged(result)) return [];
  const explained = new Set(result.diagnosis.flatMap(({ explains }) => explains));
  const unexplained = result.criteria.filter(({ id, status }) => status !== 'pass' && !explained.has(id));
  const advice = result.diagnosis
    .filter(({ cause }) => cause === 'unknown')
    .map(({ recommendation }) => recommendation);
  return [...Map.groupBy(unexplained, ({ severity, status }) => `${severity} ${status === 'fail'}`).values()].map(
    (criteria) => {
      const [first] = criteria;
      const { issue, todo } = UNEXPLAINED[first?.status === 'fail' ? 'fail' : 'undecided'];
      return {
        priority: first?.severity === 'critical' ? 'critical' : 'medium',
        issue: `${criteria.map(({ title }) => title).join(', ')}: ${issue}`,
        tests: [test],
        because: criteria.map(criterionSummary),
        todo: [todo(test), ...advice],
      };
    },
  );
}

/** Returns a recommendation if the test was not run or if its run is INVALID. */
function forUnjudgedTest({ test, result }: CampaignTestResult): Recommendation[] {
  if (result && isJudged(result)) return [];
  return [
    {
      priority: 'critical',
      issue: result ? `${test} supports no verdict` : `${test} was not run`,
      tests: [test],
      because: result ? result.verdict.reasons : ['the campaign ended before this test'],
      todo: [result ? `Fix the reason and run ${test} again.` : `Run ${test}.`],
    },
  ];
}

/** Returns a text such as `p95 response time 853 ms, target < 400 ms, interval 848 ms to 858 ms, 922 samples`. */
export function criterionSummary(criterion: JudgedCriterion): string {
  const { title, value, unit, samples, interval } = criterion;
  return [
    `${title} ${formatValue(value, unit)}`,
    `target ${formatLimit(criterion)}`,
    ...(interval ? [`interval ${formatInterval(criterion)}`] : []),
    pluralize(samples, 'sample'),
  ].join(', ');
}
