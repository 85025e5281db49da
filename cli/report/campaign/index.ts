import { type Campaign, judgeCampaign, type Tested } from '../../../lib/core/across-runs/index.ts';
import { formatCount, formatDuration } from '../../../lib/core/numbers/index.ts';
import type { Document } from '../document.ts';
import { formatInstant, formatScale } from '../format.ts';
import { checklistSection } from '../run/checklist.ts';
import { DECISIONS } from '../words.ts';
import { appendixSection, signOffSection } from './appendix.ts';
import { cacheSection } from './cache.ts';
import { causesSection } from './causes.ts';
import { criteriaSection } from './criteria.ts';
import { databaseSection } from './database.ts';
import { decisionSection } from './decision.ts';
import { distributionSection } from './distribution.ts';
import { environmentSection } from './environment.ts';
import { memorySection } from './memory.ts';
import { readinessSection } from './readiness.ts';
import { recommendationsSection } from './recommendations.ts';
import { summarySection } from './summary.ts';
import { ranOf } from './tested.ts';
import { testsSection } from './tests.ts';

/** The launch report of a product, from the results of its tests alone. */
export function campaignDocument(campaign: Campaign, tests: readonly Tested[]): Document {
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

function subtitleOf({ settings, startedAt }: Campaign, tests: readonly Tested[]): string {
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
