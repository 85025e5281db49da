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

/** The verdict with what speaks for it and against it, what to do, and how sure it is. */
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
  const held = testsThatRan(tests).flatMap(({ test, result }) => {
    const passed = result.criteria.filter(({ status }) => status === 'pass');
    if (passed.length === 0 || !isJudged(result)) return [];
    const figures = passed.map(
      (criterion) =>
        `${criterion.title} ${formatValue(criterion.value, criterion.unit)} (${formatLimit(criterion)})`,
    );
    return [`${test}: ${figures.join('; ')}`];
  });
  return held.length === 0
    ? [absentBlock('No criterion passes.')]
    : [textBlock('What holds:'), listBlock(held)];
}

function issues(tests: readonly CampaignTestResult[]): Block[] {
  const broken = tests.flatMap(({ test, result }) => {
    if (!result) return [`${test} was not run`];
    if (!isJudged(result)) return result.verdict.reasons.map((reason) => `${test}: ${reason}`);
    return result.criteria
      .filter(({ status }) => status !== 'pass')
      .map((criterion) => `${test}, ${criterion.status}: ${criterionSummary(criterion)}`);
  });
  return broken.length === 0
    ? [absentBlock('No criterion fails or is undecided.')]
    : [textBlock('What does not, or is not known:'), listBlock(broken)];
}

function actionPlan(campaign: Campaign, tests: readonly CampaignTestResult[]): Block[] {
  const recommended = recommendationsOf(tests);
  const steps = (blocking: boolean) =>
    recommended
      .filter(({ priority }) => (priority === 'critical') === blocking)
      .map(({ issue, tests: seen, todo }) => `${issue} (${seen.join(', ')}): ${todo.join(' ')}`);
  const again = tests.filter(({ result }) => result?.verdict.decision !== 'GO').map(({ test }) => test);
  const scaled = testsThatRan(tests).some(({ result }) => result.run.scaled);
  const plan = [
    ...steps(true),
    ...again.map((test) => `Run ${test} again: ${testCommandLine(campaign, test)}`),
    ...(scaled ? [`Run the campaign at full size: ${campaignCommandLine(atFullSize(campaign))}`] : []),
    ...steps(false),
  ];
  return plan.length === 0
    ? [absentBlock('Every criterion of every test passes: no step follows from them.')]
    : [{ kind: 'list', ordered: true, items: plan }];
}

const atFullSize = (campaign: Campaign): Campaign => ({
  ...campaign,
  settings: { ...campaign.settings, timeScale: 1, vusScale: 1 },
});

function confidence(tests: readonly CampaignTestResult[], verdict: CampaignVerdict): Block[] {
  if (!verdict.confidence) return [absentBlock('There is no confidence in what is undecided.')];
  const { value, restsOn } = verdict.confidence;
  const scaled = testsThatRan(tests).filter(({ result }) => result.run.scaled);
  return [
    textBlock(
      `${formatValue(value, 'fraction')} in ${DECISION_WORDS[verdict.decision].words}: the smallest of the shares below, for a verdict stands no firmer than its weakest support.`,
    ),
    tableBlock(
      'What it rests on',
      ['What', ...numberColumns('Share'), 'How it came about'],
      restsOn.map(({ what, share, how }) => [what, formatValue(share, 'fraction'), how]),
    ),
    ...(scaled.length > 0
      ? [
          textBlock(
            `It is the confidence at the scale that was run: ${formatCount(scaled.length)} of ${formatCount(tests.length)} tests were shorter or lighter than written. About full size it proves nothing.`,
          ),
        ]
      : []),
    textBlock('Intervals tell how uncertain a figure is within its run, and not how much two runs differ.'),
  ];
}
