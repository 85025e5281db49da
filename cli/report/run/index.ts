import type { Result } from '../../../lib/core/result.ts';
import type { Section } from '../document.ts';
import { configurationSection } from './configuration.ts';
import { databaseSection } from './database.ts';
import { diagnosisSection } from './diagnosis.ts';
import { distributionSection } from './distribution.ts';
import { endpointsSection } from './endpoints.ts';
import { errorsSection } from './errors.ts';
import { flowsSection } from './flows.ts';
import { generatorSection } from './generator.ts';
import { notesSection } from './notes.ts';
import { phasesSection } from './phases.ts';
import { redisSection } from './redis.ts';
import { resourcesSection } from './resources.ts';
import { resultsSection } from './results.ts';
import { summarySection } from './summary.ts';
import { timelineSection } from './timeline.ts';

/** Each section of a report says one thing of a run. Their ids, and those of charts, are unique within one run. */
type SectionBuilder = (result: Result) => Section;

/** In the order in which a reader asks: what is the verdict, why, of what run, and then all that was measured. */
export const RUN_SECTIONS: readonly SectionBuilder[] = [
  summarySection,
  diagnosisSection,
  configurationSection,
  resultsSection,
  endpointsSection,
  distributionSection,
  timelineSection,
  phasesSection,
  errorsSection,
  flowsSection,
  resourcesSection,
  databaseSection,
  redisSection,
  generatorSection,
  notesSection,
];
