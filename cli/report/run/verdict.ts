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

/** The verdict and what it rests on. */
export function summarySection(result: Result): Section {
  const { verdict, criteria } = result;
  const passed = criteria.filter(({ status }) => status === 'pass').length;
  return section('summary', 'Summary', [
    textBlock(`Verdict: ${DECISION_WORDS[verdict.decision].words}`),
    listBlock(verdict.reasons),
    criteria.length > 0 ? textBlock(`${passed} of ${criteria.length} criteria pass.`) : null,
    tableOrAbsent(
      'The test has no criteria.',
      'Criteria, each with the interval of its value at 95 %',
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

/** Whether the system is fit for production, as far as this run shows it. */
export function readinessSection({ readiness }: Result): Section | null {
  if (!readiness) return null;
  const { components, reasons } = readiness;
  return section('readiness', 'Readiness', [
    textBlock(verdictOf(readiness)),
    reasons.length > 0 ? listBlock(reasons) : null,
    tableBlock(
      'Components',
      ['Component', 'Status', ...numberColumns('Score'), 'Notes'],
      components.map(componentRow),
    ),
    textBlock(
      `READY takes ${formatValue(MIN_READY_SHARE, 'fraction')} of all points, ${MIN_READY_SCORE} of ${MAX_COMPONENT_SCORE} in every component, and every critical criterion passed. A component without data has no points.`,
    ),
  ]);
}

/** The same in a few lines; none where the test does not ask for it. */
export const readinessLines = ({ readiness }: Result): string[] =>
  readiness ? [verdictOf(readiness), ...readiness.reasons] : [];

const verdictOf = ({ ready, total, outOf }: Readiness) =>
  `${ready ? 'READY' : 'NOT READY'}: ${total} of ${outOf} points (${formatValue(total / outOf, 'fraction')}).`;

function componentRow({ component, score, findings }: ScoredComponent): CellValue[] {
  const notes = findings.map(({ points, text }) => (points > 0 ? `${text} (−${points})` : text));
  return [
    COMPONENT_TITLES[component],
    componentStatus(score),
    scoreText(score),
    notes.length > 0 ? notes.join('; ') : 'nothing found',
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

const TITLES: Record<ChecklistCategory, string> = {
  'database-scaling': 'Database scaling',
  'transaction-safety': 'Transaction safety',
  'external-services': 'External service protection',
  monitoring: 'Monitoring and observability',
  'load-testing': 'Load testing',
  'error-recovery': 'Error recovery',
  'rate-limiting': 'Rate limiting',
  'background-processing': 'Background processing',
};

/** What these runs have shown of what a system has to stand; null where none of their tests asks for it. */
export function checklistSection(results: readonly Result[]): Section | null {
  const asked = results.filter(({ checklist }) => checklist);
  if (asked.length === 0) return null;
  const categories = checklistOf(asked);
  const met = categories.filter((one) => one.met).length;
  return section('checklist', 'Checklist', [
    textBlock(`${met} of ${categories.length} categories are shown to be met.`),
    tableBlock(
      'Categories, and the evidence for each',
      ['Category', 'Status', 'Evidence'],
      categories.map(categoryRow),
    ),
  ]);
}

function categoryRow({ category, met, evidence }: ChecklistEntry): CellValue[] {
  return [
    TITLES[category],
    categoryStatus(met),
    evidence.map(({ test, text: said }) => `${test}: ${said}`).join('; ') || 'nothing in these runs shows it',
  ];
}

function categoryStatus(met: boolean | null): Cell {
  if (met === null) return { text: '– no evidence', tone: 'warning' };
  return met ? { text: '✓ met', tone: 'good' } : { text: '✗ not met', tone: 'bad' };
}

/** Why it went as it did, each cause with what speaks for it. */
export function diagnosisSection(result: Result): Section {
  const { diagnosis, criteria } = result;
  const healthy = criteria.length > 0 && criteria.every(({ status }) => status === 'pass');
  const none = healthy
    ? 'Every criterion passes, and no rule found anything amiss.'
    : 'No rule found a cause in what was measured.';
  return section(
    'diagnosis',
    'Diagnosis',
    diagnosis.length === 0 ? absentBlock(none) : [],
    diagnosis.map((one) => causeSection(one, result)),
  );
}

function causeSection(
  { cause, title, confidence, evidence, recommendation, ruledOut, explains, fixable }: Diagnosis,
  { criteria }: Result,
): Section {
  const explained = criteria.filter(({ id }) => explains.includes(id)).map((criterion) => criterion.title);
  return section(`diagnosis-${cause}`, title, [
    textBlock(`Confidence: ${confidenceText(confidence)}.`),
    tableBlock(
      'Evidence',
      ['When', 'What was seen'],
      evidence.map(({ fromMs, toMs, text: seen }) => [formatRange(fromMs, toMs), seen]),
    ),
    textBlock(`Recommendation: ${recommendation}`),
    explained.length > 0
      ? textBlock(
          `Accounts for: ${explained.join(', ')}.${fixable ? ' A change of configuration mends it.' : ''}`,
        )
      : null,
    ...(ruledOut.length > 0 ? [textBlock('Ruled out:'), listBlock(ruledOut)] : []),
  ]);
}

/** What a reader should know of how the figures came about. */
export function notesSection({ run, totals, generators }: Result): Section {
  const { histogram } = totals.durationMs;
  const notes = [
    ...(run.scaled ? [`The run is scaled (${formatScale(run.scale)}): it answers a smaller question.`] : []),
    ...(generators && histogram
      ? [
          `The load came from ${generators.length} generators: percentiles are those of their merged histograms, over all requests off by at most ${formatValue(relativeError(histogram), 'fraction')}.`,
        ]
      : []),
    ...(run.partial ? ['k6 wrote no summary: all figures are from the windows that had closed.'] : []),
    ...run.notes,
  ];
  return section('notes', 'Notes', [
    notes.length === 0 ? absentBlock('The run left no notes.') : listBlock(notes),
    textBlock('Intervals are at 95 %. Times are from the start of the run.'),
  ]);
}
