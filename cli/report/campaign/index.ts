import { type Campaign, type CampaignTestResult, judgeCampaign } from '../../../lib/core/across-runs/index.ts';
import { formatCount, formatDuration } from '../../../lib/core/numbers/index.ts';
import { formatInstant, formatScale } from '../format.ts';
import type { ReportDocument } from '../report-document.ts';
import { checklistSection } from '../run/verdict.ts';
import { DECISION_WORDS } from '../verdict-words.ts';
import { decisionSection } from './decision.ts';
import { appendixSection, environmentSection, signOffSection } from './environment.ts';
import { testsThatRan } from './ran-tests.ts';
import { causesSection, recommendationsSection } from './recommendations.ts';
import { cacheSection, databaseSection, memorySection } from './resources.ts';
import { executiveSummarySection } from './summary.ts';
import { criteriaSection, percentilesByTestSection, readinessByTestSection, testsSection } from './test-sections.ts';

/** Builds the launch report of a product from the results of its tests. No other data is read. */
export function campaignDocument(campaign: Campaign, tests: readonly CampaignTestResult[]): ReportDocument {
  const verdict = judgeCampaign(tests);
  const readiness = readinessByTestSection(tests);
  const checklist = checklistSection(testsThatRan(tests).map(({ result }) => result));
  return {
    title: `Launch report: ${campaign.product}`,
    subtitle: subtitleOf(campaign, tests),
    verdict: DECISION_WORDS[verdict.decision],
    sections: [
      executiveSummarySection(campaign, tests, verdict),
      environmentSection(campaign, tests),
      causesSection(tests),
      testsSection(tests),
      ...(readiness ? [readiness] : []),
      ...(checklist ? [checklist] : []),
      percentilesByTestSection(tests),
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
  const ran = testsThatRan(tests);
  const loadMs = ran.reduce((sum, { result }) => sum + result.run.durationMs, 0);
  const { timeScale, vusScale } = settings;
  return [
    settings.environment,
    formatInstant(startedAt),
    `${formatCount(ran.length)} of ${formatCount(tests.length)} tests, ${formatDuration(loadMs)} of load`,
    ...(timeScale === 1 && vusScale === 1 ? [] : [`scaled: ${formatScale({ time: timeScale, vus: vusScale })}`]),
  ].join(' · ');
}
