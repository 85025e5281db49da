import type { Result } from '../../lib/core/evidence/index.ts';
import { formatDuration } from '../../lib/core/numbers/index.ts';
import { formatInstant, formatScale } from './format.ts';
import type { ReportSource } from './formats.ts';
import type { ReportDocument, Section } from './report-document.ts';
import { configurationSection } from './run/configuration.ts';
import { distributionSection } from './run/distribution.ts';
import { breakersSection, errorsSection, recordsSection } from './run/errors.ts';
import { flowsSection } from './run/flows.ts';
import { ladderSection } from './run/ladder.ts';
import { benchmarkSection, burstsSection, endpointsSection, resultsSection, statusesSection } from './run/requests.ts';
import { generatorSection, postgresqlSection, redisSection, resourcesSection } from './run/resources.ts';
import { phasesSection, timelineSection } from './run/timeline.ts';
import { checklistSection, diagnosisSection, notesSection, readinessSection, summarySection } from './run/verdict.ts';
import { DECISION_WORDS } from './verdict-words.ts';

/** The data from which all reports of a run are rendered. */
export const runReportSource = (result: Result): ReportSource => ({
  run: result,
  document: () => runDocument(result),
});

/** Builds the complete report of one run from its result. No other data is read. */
export function runDocument(result: Result): ReportDocument {
  const { run, verdict } = result;
  return {
    title: `Load test report: ${run.product}/${run.test}`,
    subtitle: [
      run.description,
      `${run.environment}, ${run.target}`,
      `${formatInstant(run.startedAt)}, ${formatDuration(run.durationMs)}`,
      ...(run.scaled ? [`scaled: ${formatScale(run.scale)}`] : []),
      ...(run.partial ? ['partial'] : []),
    ].join(' · '),
    verdict: DECISION_WORDS[verdict.decision],
    sections: runSections(result),
  };
}

/**
 * Builds a section in the report of a run. Returns null if the section does not apply to the test. IDs of sections and
 * charts are unique within a run.
 */
type SectionBuilder = (result: Result) => Section | null;

/**
 * The sections of a report, in the order in which readers need them: verdict, reasons, configuration, all measurements.
 */
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
  postgresqlSection,
  redisSection,
  generatorSection,
  notesSection,
];

export const runSections = (result: Result): Section[] => SECTIONS.flatMap((section) => section(result) ?? []);
