import {
  type Campaign,
  type CampaignTestResult,
  type CampaignVerdict,
  isJudged,
} from '../../../lib/core/across-runs/index.ts';
import { formatCount, formatValue } from '../../../lib/core/numbers/index.ts';
import { absentBlock, listBlock, numberColumns, section, tableBlock, textBlock } from '../block-builders.ts';
import { formatLimit } from '../format.ts';
import type { Block, Section } from '../report-document.ts';
import { DECISION_WORDS } from '../verdict-words.ts';
import { campaignCommandLine, testCommandLine } from './command-lines.ts';
import { testsThatRan } from './ran-tests.ts';
import { criterionSummary, recommendationsOf } from './recommendations.ts';

/** Builds the section with the verdict of a campaign, its reasons, the next steps and the confidence in the verdict. */
export function decisionSection(
  campaign: Campaign,
  tests: readonly CampaignTestResult[],
  verdict: CampaignVerdict,
): Section {
  const { words } = DECISION_WORDS[verdict.decision];
  return section(
    'decision',
    `GO / NO-GO decision: ${words}`,
    [listBlock(verdict.reasons)],
    [
      section('rationale', 'Rationale', [...strengths(tests), ...issues(tests)]),
      section('action-plan', 'Action plan', actionPlan(campaign, tests)),
      section('confidence', 'Confidence', confidence(tests, verdict)),
    ],
  );
}

function strengths(tests: readonly CampaignTestResult[]): Block[] {
  const items = testsThatRan(tests).flatMap(({ test, result }) => {
    const passed = result.criteria.filter(({ status }) => status === 'pass');
    if (passed.length === 0 || !isJudged(result)) return [];
    const values = passed.map(
      (criterion) => `${criterion.title} ${formatValue(criterion.value, criterion.unit)} (${formatLimit(criterion)})`,
    );
    return [`${test}: ${values.join('; ')}`];
  });
  return items.length === 0
    ? [absentBlock('No criterion passes.')]
    : [textBlock('Criteria that pass:'), listBlock(items)];
}

function issues(tests: readonly CampaignTestResult[]): Block[] {
  const items = tests.flatMap(({ test, result }) => {
    if (!result) return [`${test} was not run`];
    if (!isJudged(result)) return result.verdict.reasons.map((reason) => `${test}: ${reason}`);
    return result.criteria
      .filter(({ status }) => status !== 'pass')
      .map((criterion) => `${test}, ${criterion.status}: ${criterionSummary(criterion)}`);
  });
  return items.length === 0
    ? [absentBlock('No criterion fails or is undecided.')]
    : [textBlock('Open issues:'), listBlock(items)];
}

function actionPlan(campaign: Campaign, tests: readonly CampaignTestResult[]): Block[] {
  const recommended = recommendationsOf(tests);
  const steps = (blocking: boolean) =>
    recommended
      .filter(({ priority }) => (priority === 'critical') === blocking)
      .map(({ issue, tests: affected, todo }) => `${issue} (${affected.join(', ')}): ${todo.join(' ')}`);
  const testsToRepeat = tests.filter(({ result }) => result?.verdict.decision !== 'GO').map(({ test }) => test);
  const scaled = testsThatRan(tests).some(({ result }) => result.run.scaled);
  const plan = [
    ...steps(true),
    ...testsToRepeat.map((test) => `Run ${test} again: ${testCommandLine(campaign, test)}`),
    ...(scaled ? [`Run the campaign at full size: ${campaignCommandLine(atFullSize(campaign))}`] : []),
    ...steps(false),
  ];
  return plan.length === 0
    ? [absentBlock('No action is needed, because every criterion of every test passes.')]
    : [{ kind: 'list', ordered: true, items: plan }];
}

const atFullSize = (campaign: Campaign): Campaign => ({
  ...campaign,
  settings: { ...campaign.settings, timeScale: 1, vusScale: 1 },
});

function confidence(tests: readonly CampaignTestResult[], verdict: CampaignVerdict): Block[] {
  if (!verdict.confidence)
    return [absentBlock('Confidence applies only to decided verdicts, and this verdict is not decided.')];
  const { value, restsOn } = verdict.confidence;
  const scaled = testsThatRan(tests).filter(({ result }) => result.run.scaled);
  return [
    textBlock(
      `The confidence in ${DECISION_WORDS[verdict.decision].words} is ${formatValue(value, 'fraction')}, the lowest of the shares below.`,
    ),
    tableBlock(
      'Confidence factors',
      ['Factor', ...numberColumns('Share'), 'Explanation'],
      restsOn.map(({ what, share, how }) => [what, formatValue(share, 'fraction'), how]),
    ),
    ...(scaled.length > 0
      ? [
          textBlock(
            `This confidence applies only to the scale of the runs: ${formatCount(scaled.length)} of ${formatCount(tests.length)} tests were scaled. A scaled test proves nothing about full size.`,
          ),
        ]
      : []),
    textBlock('Intervals show how uncertain a value is within its run, not how much it varies between runs.'),
  ];
}
