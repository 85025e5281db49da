import {
  type Campaign,
  type CampaignTestResult,
  judgeCampaign,
} from '../../../lib/core/across-runs/index.ts';
import type { Result } from '../../../lib/core/evidence/index.ts';
import { formatCount, formatValue } from '../../../lib/core/numbers/index.ts';
import { formatScale } from '../format.ts';
import { headline, indentLines, paintVerdict, titledLines } from '../terminal.ts';
import { judgedCriteria, statusTally, testsThatRan } from './ran-tests.ts';

/** One test of a campaign, as it ends. */
export function finishedTestReport(result: Result, place: number, count: number): string {
  return [
    `${place + 1}/${count}  ${headline(result)}`,
    ...result.verdict.reasons.map((reason) => `       ${reason}`),
    '',
  ].join('\n');
}

/**
 * The verdict over all tests, and where the rest is.
 * @param files names of the reports in the folder
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
  const of = [
    `${formatCount(ran.length)} of ${formatCount(tests.length)} tests`,
    `criteria: ${statusTally(judgedCriteria(tests))}`,
    ...(scaled ? [`scaled: ${formatScale({ time: timeScale, vus: vusScale })}`] : []),
    ...(endedAt === null ? ['broken off'] : []),
  ].join(', ');
  return [
    '',
    `${paintVerdict(decision)}  ${product} on ${settings.environment} (${of})`,
    ...reasons.map((reason) => `  ${reason}`),
    ...titledLines('On condition of', indentLines(conditions)),
    ...titledLines(
      'Confidence',
      indentLines(
        confidence
          ? [
              `${formatValue(confidence.value, 'fraction')}, the smallest of: ${confidence.restsOn.map(({ what, share, how }) => `${what} ${formatValue(share, 'fraction')} (${how})`).join('; ')}`,
              ...(scaled ? ['at the scale that was run; about full size it proves nothing'] : []),
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
