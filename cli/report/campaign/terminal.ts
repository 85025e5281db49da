import {
  type Campaign,
  type CampaignTestResult,
  judgeCampaign,
} from '../../../lib/core/across-runs/index.ts';
import type { Result } from '../../../lib/core/evidence/index.ts';
import { formatCount, formatValue } from '../../../lib/core/numbers/index.ts';
import { formatScale } from '../format.ts';
import { headline, indented, paintVerdict, section } from '../terminal.ts';
import { judgedCriteria, ranOf, tallyOf } from './tested.ts';

/** One test of a campaign, as it ends. */
export function testReport(result: Result, place: number, count: number): string {
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
  const ran = ranOf(tests);
  const { timeScale, vusScale } = settings;
  const scaled = ran.some(({ result }) => result.run.scaled);
  const of = [
    `${formatCount(ran.length)} of ${formatCount(tests.length)} tests`,
    `criteria: ${tallyOf(judgedCriteria(tests))}`,
    ...(scaled ? [`scaled: ${formatScale({ time: timeScale, vus: vusScale })}`] : []),
    ...(endedAt === null ? ['broken off'] : []),
  ].join(', ');
  return [
    '',
    `${paintVerdict(decision)}  ${product} on ${settings.environment} (${of})`,
    ...reasons.map((reason) => `  ${reason}`),
    ...section('On condition of', indented(conditions)),
    ...section(
      'Confidence',
      indented(
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
