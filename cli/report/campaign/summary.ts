import {
  type Campaign,
  type CampaignTestResult,
  type CampaignVerdict,
  isJudged,
} from '../../../lib/core/across-runs/index.ts';
import type { Decision } from '../../../lib/core/evidence/index.ts';
import { formatCount, formatValue } from '../../../lib/core/numbers/index.ts';
import { type CellValue, listBlock, NO_VALUE, section, tableBlock, textBlock } from '../block-builders.ts';
import { formatLimit } from '../format.ts';
import type { Block, Section } from '../report-document.ts';
import { DECISION_WORDS } from '../verdict-words.ts';
import { judgedCriteria, NOT_JUDGED, statusTally, testsThatRan } from './ran-tests.ts';

/** Builds the summary section: the verdict of the campaign and a table of all tests. */
export function executiveSummarySection(
  campaign: Campaign,
  tests: readonly CampaignTestResult[],
  verdict: CampaignVerdict,
): Section {
  return section('summary', 'Executive summary', [
    textBlock(`Verdict: ${DECISION_WORDS[verdict.decision].words}`),
    listBlock(verdict.reasons),
    ...conditions(verdict),
    textBlock(`Tests: ${testsTally(tests)}. Criteria: ${statusTally(judgedCriteria(tests))}.`),
    tableBlock('All tests', ['Test', 'Verdict', 'Result', 'Target', 'Criteria'], tests.map(testRow)),
    ...scaleNote(tests),
    ...interruptedNote(campaign),
  ]);
}

const conditions = (verdict: CampaignVerdict): Block[] =>
  verdict.conditions.length === 0 ? [] : [textBlock('Conditions:'), listBlock(verdict.conditions)];

/** The order in which the tally of tests lists the verdicts. */
const DECISIONS_SHOWN: Decision[] = ['GO', 'CONDITIONAL_GO', 'NO_GO', 'INCONCLUSIVE', 'INVALID'];

function testsTally(tests: readonly CampaignTestResult[]): string {
  const notRun = tests.filter(({ result }) => !result).length;
  const otherDecisions = DECISIONS_SHOWN.flatMap((decision) => {
    const count = tests.filter(({ result }) => result?.verdict.decision === decision).length;
    return decision === 'GO' || count === 0 ? [] : [`${formatCount(count)} ${DECISION_WORDS[decision].words}`];
  });
  const go = tests.filter(({ result }) => result?.verdict.decision === 'GO').length;
  return [
    `${formatCount(go)} of ${formatCount(tests.length)} GO`,
    ...otherDecisions,
    ...(notRun > 0 ? [`${formatCount(notRun)} not run`] : []),
  ].join(', ');
}

function testRow({ test, result }: CampaignTestResult): CellValue[] {
  if (!result) return [test, { text: 'not run', tone: 'warning' }, NO_VALUE, NO_VALUE, NO_VALUE];
  const { criteria, verdict } = result;
  const { words, tone } = DECISION_WORDS[verdict.decision];
  return [
    test,
    { text: words, tone },
    criteria.map(({ title, value, unit }) => `${title} ${formatValue(value, unit)}`).join('; '),
    criteria.map((criterion) => `${criterion.title} ${formatLimit(criterion)}`).join('; '),
    isJudged(result) ? statusTally(criteria) : NOT_JUDGED,
  ];
}

function scaleNote(tests: readonly CampaignTestResult[]): Block[] {
  const scaled = testsThatRan(tests).filter(({ result }) => result.run.scaled);
  const [first] = scaled;
  if (!first) return [];
  const { time, vus } = first.result.run.scale;
  return [
    textBlock(
      `${formatCount(scaled.length)} of ${formatCount(tests.length)} tests were scaled to time × ${time} and VUs × ${vus}. Their results prove nothing about full size.`,
    ),
  ];
}

const interruptedNote = ({ endedAt }: Campaign): Block[] =>
  endedAt === null ? [textBlock('The campaign was interrupted. The appendix shows how to resume it.')] : [];
