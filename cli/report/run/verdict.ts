import { type ChecklistEntry, checklistOf } from '../../../lib/core/across-runs/index.ts';
import {
  type ChecklistCategory,
  type ComponentName,
  type Diagnosis,
  type JudgedCriterion,
  MAX_COMPONENT_SCORE,
  MIN_READY_SCORE,
  MIN_READY_SHARE,
  type Readiness,
  type Result,
  type ScoredComponent,
} from '../../../lib/core/evidence/index.ts';
import { formatValue, relativeError } from '../../../lib/core/numbers/index.ts';
import {
  absentBlock,
  type CellValue,
  listBlock,
  numberColumns,
  section,
  tableBlock,
  tableOrAbsent,
  textBlock,
} from '../block-builders.ts';
import { formatInterval, formatLimit, formatRange, formatScale } from '../format.ts';
import type { Cell, Section } from '../report-document.ts';
import { confidenceText, DECISION_WORDS, STATUS_CELLS } from '../verdict-words.ts';

/** Builds the section with the verdict of a run, its reasons and its criteria. */
export function summarySection(result: Result): Section {
  const { verdict, criteria } = result;
  const passed = criteria.filter(({ status }) => status === 'pass').length;
  return section('summary', 'Summary', [
    textBlock(`Verdict: ${DECISION_WORDS[verdict.decision].words}`),
    listBlock(verdict.reasons),
    criteria.length > 0 ? textBlock(`${passed} of ${criteria.length} criteria pass.`) : null,
    tableOrAbsent(
      'The test has no criteria.',
      'Criteria, with 95 % intervals',
      ['Criterion', 'Status', 'Severity', ...numberColumns('Value', 'Limit', 'Interval', 'Samples'), 'Note'],
      criteria.map(criterionRow),
    ),
  ]);
}

function criterionRow(criterion: JudgedCriterion): CellValue[] {
  const { status, title, severity, value, unit, samples, note } = criterion;
  return [
    title,
    STATUS_CELLS[status],
    severity,
    formatValue(value, unit),
    formatLimit(criterion),
    formatInterval(criterion),
    samples,
    note ?? '',
  ];
}

export const COMPONENT_TITLES: Record<ComponentName, string> = {
  'load-handling': 'Load handling',
  'response-times': 'Response times',
  'error-handling': 'Error handling',
  monitoring: 'Monitoring',
  configuration: 'Configuration',
  database: 'Database',
};

/**
 * Builds the section about whether the run shows that the system is ready for production. Returns null if the test does
 * not assess readiness.
 */
export function readinessSection({ readiness }: Result): Section | null {
  if (!readiness) return null;
  const { components, reasons } = readiness;
  return section('readiness', 'Readiness', [
    textBlock(readinessText(readiness)),
    reasons.length > 0 ? listBlock(reasons) : null,
    tableBlock('Components', ['Component', 'Status', ...numberColumns('Score'), 'Notes'], components.map(componentRow)),
    textBlock(
      `READY requires ${formatValue(MIN_READY_SHARE, 'fraction')} of all points, ${MIN_READY_SCORE} of ${MAX_COMPONENT_SCORE} points in every component, and a pass for every critical criterion. A component without data gets no points.`,
    ),
  ]);
}

/** Returns the readiness and its reasons as lines of text. Returns no lines if the test does not assess readiness. */
export const readinessLines = ({ readiness }: Result): string[] =>
  readiness ? [readinessText(readiness), ...readiness.reasons] : [];

const readinessText = ({ ready, total, outOf }: Readiness) =>
  `${ready ? 'READY' : 'NOT READY'}: ${total} of ${outOf} points (${formatValue(total / outOf, 'fraction')}).`;

function componentRow({ component, score, findings }: ScoredComponent): CellValue[] {
  const notes = findings.map(({ points, text }) => (points > 0 ? `${text} (−${points})` : text));
  return [
    COMPONENT_TITLES[component],
    componentStatus(score),
    scoreText(score),
    notes.length > 0 ? notes.join('; ') : 'no findings',
  ];
}

export const scoreText = (score: number | null): string =>
  score === null ? 'no data' : `${score}/${MAX_COMPONENT_SCORE}`;

function componentStatus(score: number | null): Cell {
  if (score === null) return { text: '– no data', tone: 'warning' };
  if (score < MIN_READY_SCORE) return { text: '✗ failed', tone: 'bad' };
  return score < MIN_READY_SHARE * MAX_COMPONENT_SCORE
    ? { text: '! partial', tone: 'warning' }
    : { text: '✓ good', tone: 'good' };
}

const CATEGORY_TITLES: Record<ChecklistCategory, string> = {
  'database-scaling': 'Database scaling',
  'transaction-safety': 'Transaction safety',
  'external-services': 'External service protection',
  monitoring: 'Monitoring and observability',
  'load-testing': 'Load testing',
  'error-recovery': 'Error recovery',
  'rate-limiting': 'Rate limiting',
  'background-processing': 'Background processing',
};

/** Builds the section about which checklist categories the given runs prove. Returns null if no run has a checklist. */
export function checklistSection(results: readonly Result[]): Section | null {
  const withChecklist = results.filter(({ checklist }) => checklist);
  if (withChecklist.length === 0) return null;
  const categories = checklistOf(withChecklist);
  const metCount = categories.filter(({ met }) => met).length;
  return section('checklist', 'Checklist', [
    textBlock(`These runs show that ${metCount} of ${categories.length} categories are met.`),
    tableBlock('Categories and evidence', ['Category', 'Status', 'Evidence'], categories.map(categoryRow)),
  ]);
}

function categoryRow({ category, met, evidence }: ChecklistEntry): CellValue[] {
  return [
    CATEGORY_TITLES[category],
    categoryStatus(met),
    evidence.map(({ test, text }) => `${test}: ${text}`).join('; ') || 'no evidence in these runs',
  ];
}

function categoryStatus(met: boolean | null): Cell {
  if (met === null) return { text: '– no evidence', tone: 'warning' };
  return met ? { text: '✓ met', tone: 'good' } : { text: '✗ not met', tone: 'bad' };
}

/** Builds the section about the diagnosed causes of a result, with evidence for each cause. */
export function diagnosisSection(result: Result): Section {
  const { diagnosis, criteria } = result;
  const healthy = criteria.length > 0 && criteria.every(({ status }) => status === 'pass');
  const noCause = healthy
    ? 'Every criterion passes, and no diagnosis rule found a problem.'
    : 'No diagnosis rule found a cause in the measurements.';
  return section(
    'diagnosis',
    'Diagnosis',
    diagnosis.length === 0 ? absentBlock(noCause) : [],
    diagnosis.map((diagnosed) => causeSection(diagnosed, result)),
  );
}

function causeSection(
  { cause, title, confidence, evidence, recommendation, ruledOut, explains, fixable }: Diagnosis,
  { criteria }: Result,
): Section {
  const affected = criteria.filter(({ id }) => explains.includes(id)).map((criterion) => criterion.title);
  return section(`diagnosis-${cause}`, title, [
    textBlock(`Confidence: ${confidenceText(confidence)}.`),
    tableBlock(
      'Evidence',
      ['Period', 'Observation'],
      evidence.map(({ fromMs, toMs, text }) => [formatRange(fromMs, toMs), text]),
    ),
    textBlock(`Recommendation: ${recommendation}`),
    affected.length > 0
      ? textBlock(
          `Affected criteria: ${affected.join(', ')}.${fixable ? ' A configuration change fixes this cause.' : ''}`,
        )
      : null,
    ...(ruledOut.length > 0 ? [textBlock('Ruled out:'), listBlock(ruledOut)] : []),
  ]);
}

/** Builds the section with notes on how the values were measured. */
export function notesSection({ run, totals, generators }: Result): Section {
  const { histogram } = totals.responseTimeMs;
  const notes = [
    ...(run.scaled
      ? [`The run is scaled (${formatScale(run.scale)}), so its results do not apply to the full-size test.`]
      : []),
    ...(generators && histogram
      ? [
          `The load came from ${generators.length} generators. Percentiles come from their merged histograms, with an error of at most ${formatValue(relativeError(histogram), 'fraction')} over all requests.`,
        ]
      : []),
    ...(run.partial ? ['k6 wrote no summary, so all values come from complete telemetry windows.'] : []),
    ...run.notes,
  ];
  return section('notes', 'Notes', [
    notes.length === 0 ? absentBlock('This run has no notes.') : listBlock(notes),
    textBlock('Intervals are 95 % confidence intervals. Times count from the start of the run.'),
  ]);
}
