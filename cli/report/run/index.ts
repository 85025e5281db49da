import type { Result } from '../../../lib/core/evidence/index.ts';
import type { Section } from '../document.ts';
import { benchmarkSection } from './benchmark.ts';
import { breakersSection } from './breakers.ts';
import { burstsSection } from './bursts.ts';
import { checklistSection } from './checklist.ts';
import { configurationSection } from './configuration.ts';
import { databaseSection } from './database.ts';
import { diagnosisSection } from './diagnosis.ts';
import { distributionSection } from './distribution.ts';
import { endpointsSection } from './endpoints.ts';
import { errorsSection } from './errors.ts';
import { flowsSection } from './flows.ts';
import { generatorSection } from './generator.ts';
import { ladderSection } from './ladder.ts';
import { notesSection } from './notes.ts';
import { phasesSection } from './phases.ts';
import { readinessSection } from './readiness.ts';
import { recordsSection } from './records.ts';
import { redisSection } from './redis.ts';
import { resourcesSection } from './resources.ts';
import { resultsSection } from './results.ts';
import { statusesSection } from './statuses.ts';
import { summarySection } from './summary.ts';
import { timelineSection } from './timeline.ts';

/**
 * Each section of a report says one thing of a run; null where the test does not ask for it. Their ids, and those of
 * charts, are unique within one run.
 */
type SectionBuilder = (result: Result) => Section | null;

/** In the order in which a reader asks: what is the verdict, why, of what run, and then all that was measured. */
const SECTIONS: readonly SectionBuilder[] = [
  summarySection,
  readinessSection,
  (result) => checklistSection([result]),
  diagnosisSection,
  configurationSection,
  resultsSection,
  benchmarkSection,
  ladderSection,
  burstsSection,
  endpointsSection,
  statusesSection,
  distributionSection,
  timelineSection,
  phasesSection,
  errorsSection,
  flowsSection,
  recordsSection,
  breakersSection,
  resourcesSection,
  databaseSection,
  redisSection,
  generatorSection,
  notesSection,
];

export const runSections = (result: Result): Section[] =>
  SECTIONS.flatMap((section) => section(result) ?? []);
