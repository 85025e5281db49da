import { type Campaign, type CampaignTestResult, judgeCampaign } from '../../../lib/core/across-runs/index.ts';
import type { Result } from '../../../lib/core/evidence/index.ts';
import { formatCount, formatValue } from '../../../lib/core/numbers/index.ts';
import { formatScale } from '../format.ts';
import { headline, indentLines, paintVerdict, titledLines } from '../terminal.ts';
import { DECISION_WORDS } from '../verdict-words.ts';
import { judgedCriteria, statusTally, testsThatRan } from './ran-tests.ts';

/**
 * Returns the line for a test of a campaign that has just finished: progress, verdict and reasons.
 * @param place index of the test in the campaign, starting at 0
 */
export function finishedTestReport(result: Result, place: number, count: number): string {
  return [
    `${place + 1}/${count}  ${headline(result)}`,
    ...result.verdict.reasons.map((reason) => `       ${reason}`),
    '',
  ].join('\n');
}

/**
 * Returns the final text of a campaign: the verdict over all tests, and the folder with the full reports.
 * @param files names of the report files in that folder
 */
export function campaignReport(
  { product, settings, endedAt }: Campaign,
  tests: readonly CampaignTestResult[],
  folder: string,
  files: readonly string[] = [],
): string {
  const { decision, reasons, conditions, confidence } = judgeCampaign(tests);
  const ran = testsThatRan(tests);
  const { timeScale, vusScale } = settings;
  const scaled = ran.some(({ result }) => result.run.scaled);
  const summary = [
    `${formatCount(ran.length)} of ${formatCount(tests.length)} tests`,
    `criteria: ${statusTally(judgedCriteria(tests))}`,
    ...(scaled ? [`scaled: ${formatScale({ time: timeScale, vus: vusScale })}`] : []),
    ...(endedAt === null ? ['interrupted'] : []),
  ].join(', ');
  return [
    '',
    `${paintVerdict(DECISION_WORDS[decision])}  ${product} on ${settings.environment} (${summary})`,
    ...reasons.map((reason) => `  ${reason}`),
    ...titledLines('Conditions', indentLines(conditions)),
    ...titledLines(
      'Confidence',
      indentLines(
        confidence
          ? [
              `${formatValue(confidence.value, 'fraction')}, the lowest of: ${confidence.restsOn.map(({ what, share, how }) => `${what} ${formatValue(share, 'fraction')} (${how})`).join('; ')}`,
              ...(scaled
                ? ['This confidence applies only to the scale of the runs and proves nothing about full size.']
                : []),
            ]
          : [],
      ),
    ),
    '',
    `  ${folder}`,
    ...(files.length > 0 ? [`    ${files.join('  ')}`] : []),
    '',
  ].join('\n');
}
