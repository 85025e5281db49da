import {
  type Campaign,
  type CampaignTestResult,
  judgeCampaign,
} from '../../../lib/core/across-runs/index.ts';
import { formatCount, formatDuration } from '../../../lib/core/numbers/index.ts';
import type { Document } from '../document.ts';
import { formatInstant, formatScale } from '../format.ts';
import { checklistSection } from '../run/verdict.ts';
import { DECISIONS } from '../words.ts';
import { decisionSection } from './decision.ts';
import { appendixSection, environmentSection, signOffSection } from './environment.ts';
import { causesSection, recommendationsSection } from './recommendations.ts';
import { cacheSection, databaseSection, memorySection } from './resources.ts';
import { summarySection } from './summary.ts';
import { ranOf } from './tested.ts';
import { criteriaSection, distributionSection, readinessSection, testsSection } from './tests.ts';

/** The launch report of a product, from the results of its tests alone. */
export function campaignDocument(campaign: Campaign, tests: readonly CampaignTestResult[]): Document {
  const verdict = judgeCampaign(tests);
  const readiness = readinessSection(tests);
  const checked = checklistSection(ranOf(tests).map(({ result }) => result));
  return {
    title: `Launch report: ${campaign.product}`,
    subtitle: subtitleOf(campaign, tests),
    verdict: DECISIONS[verdict.decision],
    sections: [
      summarySection(campaign, tests, verdict),
      environmentSection(campaign, tests),
      causesSection(tests),
      testsSection(tests),
      ...(readiness ? [readiness] : []),
      ...(checked ? [checked] : []),
      distributionSection(tests),
      memorySection(tests),
      databaseSection(tests),
      cacheSection(tests),
      recommendationsSection(tests),
      criteriaSection(tests),
      decisionSection(campaign, tests, verdict),
      appendixSection(campaign),
      signOffSection(),
    ],
  };
}

function subtitleOf({ settings, startedAt }: Campaign, tests: readonly CampaignTestResult[]): string {
  const ran = ranOf(tests);
  const load = ran.reduce((sum, { result }) => sum + result.run.durationMs, 0);
  const { timeScale, vusScale } = settings;
  return [
    settings.environment,
    formatInstant(startedAt),
    `${formatCount(ran.length)} of ${formatCount(tests.length)} tests, ${formatDuration(load)} of load`,
    ...(timeScale === 1 && vusScale === 1
      ? []
      : [`scaled: ${formatScale({ time: timeScale, vus: vusScale })}`]),
  ].join(' · ');
}
