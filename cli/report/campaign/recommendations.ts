import {
  type CampaignTestResult,
  failedCriticalCriteria,
  isJudged,
} from '../../../lib/core/across-runs/index.ts';
import type { Cause, Diagnosis, JudgedCriterion } from '../../../lib/core/evidence/index.ts';
import { formatValue, pluralize } from '../../../lib/core/numbers/index.ts';
import { absentBlock, NO_VALUE, section, tableBlock } from '../block-builders.ts';
import { formatInterval, formatLimit, formatRange } from '../format.ts';
import type { Section } from '../report-document.ts';
import { confidenceText } from '../verdict-words.ts';
import { type RanTest, testsThatRan } from './ran-tests.ts';

/** A diagnosis, and the test that it was made of. */
interface Diagnosed extends RanTest {
  diagnosis: Diagnosis;
}

/** All diagnoses by cause, the causes in the order in which tests first show them. */
export function diagnosesByCause(
  tests: readonly CampaignTestResult[],
): { cause: Cause; title: string; seen: Diagnosed[] }[] {
  const all = testsThatRan(tests).flatMap((ran) =>
    ran.result.diagnosis.map((diagnosis) => ({ ...ran, diagnosis })),
  );
  return [...Map.groupBy(all, ({ diagnosis }) => diagnosis.cause)].map(([cause, seen]) => ({
    cause,
    title: seen[0]?.diagnosis.title ?? cause,
    seen,
  }));
}

/** Why what fails does, over all tests: cause, evidence with its time, and what to do. */
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
    ? 'No criterion fails, and no rule found anything amiss in any test.'
    : 'No rule found a cause in what was measured.';

const causesTable = (causes: ReturnType<typeof diagnosesByCause>) =>
  tableBlock(
    'Causes by test',
    ['Cause', 'Test', 'Confidence', 'Accounts for', 'A change of configuration mends it'],
    causes.flatMap(({ title, seen }) =>
      seen.map(({ test, diagnosis, result }) => [
        title,
        test,
        confidenceText(diagnosis.confidence),
        explained(diagnosis, result) || NO_VALUE,
        diagnosis.fixable ? 'yes' : 'no',
      ]),
    ),
  );

const explained = ({ explains }: Diagnosis, { criteria }: RanTest['result']): string =>
  criteria
    .filter(({ id }) => explains.includes(id))
    .map(({ title }) => title)
    .join(', ');

const causeSection = ({ cause, title, seen }: ReturnType<typeof diagnosesByCause>[number]): Section =>
  section(`root-cause-${cause}`, title, [
    tableBlock(
      'Evidence in order of time',
      ['Test', 'When', 'What was seen'],
      seen.flatMap(({ test, diagnosis }) =>
        [...diagnosis.evidence]
          .sort((a, b) => a.fromMs - b.fromMs)
          .map(({ fromMs, toMs, text }) => [test, formatRange(fromMs, toMs), text]),
      ),
    ),
    tableBlock(
      'Recommended',
      ['Test', 'What to do'],
      seen.map(({ test, diagnosis }) => [test, diagnosis.recommendation]),
    ),
    seen.some(({ diagnosis }) => diagnosis.ruledOut.length > 0)
      ? tableBlock(
          'Ruled out',
          ['Test', 'What speaks against it'],
          seen.flatMap(({ test, diagnosis }) => diagnosis.ruledOut.map((other) => [test, other])),
        )
      : absentBlock('No other cause of the same symptoms is known to the rules.'),
  ]);

/** Critical blocks the launch. */
type Priority = 'critical' | 'high' | 'medium';

export interface Recommendation {
  priority: Priority;
  issue: string;
  tests: string[];
  /** What it rests on, in numbers. */
  because: string[];
  todo: string[];
}

const PRIORITIES: { priority: Priority; title: string; caption: string; none: string }[] = [
  {
    priority: 'critical',
    title: 'Critical',
    caption: 'What blocks the launch',
    none: 'Nothing blocks the launch: every critical criterion of every test passes.',
  },
  {
    priority: 'high',
    title: 'High',
    caption: 'Causes that were found, and that no critical criterion fails of',
    none: 'No rule found a cause beside those that are critical.',
  },
  {
    priority: 'medium',
    title: 'Medium',
    caption: 'Minor criteria that do not pass, and that no cause accounts for',
    none: 'No minor criterion is left without a cause.',
  },
];

export function recommendationsSection(tests: readonly CampaignTestResult[]): Section {
  const all = recommendationsOf(tests);
  return section(
    'recommendations',
    'Recommendations',
    [],
    PRIORITIES.map(({ priority, title, caption, none }) => {
      const own = all.filter((one) => one.priority === priority);
      return section(`recommendations-${priority}`, title, [
        own.length === 0
          ? absentBlock(none)
          : tableBlock(
              caption,
              ['Issue', 'Seen in', 'Because', 'What to do'],
              own.map(({ issue, tests: seen, because, todo }) => [
                issue,
                seen.join(', '),
                because.join('; '),
                todo.join(' '),
              ]),
            ),
      ]);
    }),
  );
}

/** What to do, the most urgent first: of causes that were found, and then of what is wrong without one. */
export function recommendationsOf(tests: readonly CampaignTestResult[]): Recommendation[] {
  const all = [
    ...diagnosesByCause(tests).flatMap(({ cause, title, seen }) =>
      cause === 'unknown' ? [] : ofCause(title, seen),
    ),
    ...testsThatRan(tests).flatMap(ofUnexplained),
    ...tests.flatMap(ofUnjudged),
  ];
  return PRIORITIES.flatMap(({ priority }) => all.filter((one) => one.priority === priority));
}

/** Where a critical criterion fails of it, what those tests say counts, and not what others merely show. */
function ofCause(issue: string, seen: readonly Diagnosed[]): Recommendation {
  const blocking = seen.filter(({ result, diagnosis }) =>
    failedCriticalCriteria(result).some((id) => diagnosis.explains.includes(id)),
  );
  const telling = blocking.length > 0 ? blocking : seen;
  return {
    priority: blocking.length > 0 ? 'critical' : 'high',
    issue,
    tests: seen.map(({ test }) => test),
    because: telling.flatMap(({ test, result, diagnosis }) => {
      const explained = result.criteria
        .filter(({ id }) => diagnosis.explains.includes(id))
        .map(criterionSummary);
      const facts = explained.length > 0 ? explained : diagnosis.evidence.map(({ text }) => text);
      return facts.map((fact) => `${test}: ${fact}`);
    }),
    todo: recommendedBy(telling),
  };
}

/** Each recommendation once, with the tests that it comes from where there are several. */
function recommendedBy(seen: readonly Diagnosed[]): string[] {
  const byText = Map.groupBy(seen, ({ diagnosis }) => diagnosis.recommendation);
  return [...byText].map(([recommendation, from]) =>
    byText.size === 1 ? recommendation : `${from.map(({ test }) => test).join(', ')}: ${recommendation}`,
  );
}

const UNEXPLAINED = {
  fail: {
    issue: 'fails, and no diagnosed cause accounts for it',
    todo: (test: string) => `Find the cause: errors, resources and timeline are in the section of ${test}.`,
  },
  undecided: {
    issue: 'could not be judged',
    todo: (test: string) => `Run ${test} again, longer or with more load: it takes more samples.`,
  },
};

/** Criteria that do not pass, and that no diagnosis accounts for. */
function ofUnexplained({ test, result }: RanTest): Recommendation[] {
  if (!isJudged(result)) return [];
  const explained = new Set(result.diagnosis.flatMap(({ explains }) => explains));
  const left = result.criteria.filter(({ id, status }) => status !== 'pass' && !explained.has(id));
  const advice = result.diagnosis
    .filter(({ cause }) => cause === 'unknown')
    .map(({ recommendation }) => recommendation);
  return [...Map.groupBy(left, ({ severity, status }) => `${severity} ${status === 'fail'}`).values()].map(
    (own) => {
      const { issue, todo } = UNEXPLAINED[own[0]?.status === 'fail' ? 'fail' : 'undecided'];
      return {
        priority: own[0]?.severity === 'critical' ? 'critical' : 'medium',
        issue: `${own.map(({ title }) => title).join(', ')}: ${issue}`,
        tests: [test],
        because: own.map(criterionSummary),
        todo: [todo(test), ...advice],
      };
    },
  );
}

/** Tests that say nothing of the target. */
function ofUnjudged({ test, result }: CampaignTestResult): Recommendation[] {
  if (result && isJudged(result)) return [];
  return [
    {
      priority: 'critical',
      issue: result ? `${test} supports no verdict` : `${test} was not run`,
      tests: [test],
      because: result ? result.verdict.reasons : ['the campaign ended before it'],
      todo: [result ? `Remove the reason, and run ${test} again.` : `Run ${test}.`],
    },
  ];
}

/** `p95 response time 853 ms, target < 400 ms, interval 848 ms to 858 ms, 922 samples`. */
export function criterionSummary(criterion: JudgedCriterion): string {
  const { title, value, unit, samples, interval } = criterion;
  return [
    `${title} ${formatValue(value, unit)}`,
    `target ${formatLimit(criterion)}`,
    ...(interval ? [`interval ${formatInterval(criterion)}`] : []),
    pluralize(samples, 'sample'),
  ].join(', ');
}
