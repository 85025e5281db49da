import {
  COMPARED_FIGURES,
  type Comparison,
  type ComparisonOutcome,
  type ComparisonRow,
  type Floors,
  INTERVAL_METHODS,
} from '../../../lib/core/comparison/index.ts';
import { formatExactValue, formatNumber, formatValue, pluralize } from '../../../lib/core/numbers/index.ts';
import type { Tone } from '../report-document.ts';

/** The text for each outcome: `words` describes a whole comparison, and `text` is a cell of a table. */
export const OUTCOME_WORDS: Record<ComparisonOutcome, { words: string; text: string; tone: Tone }> = {
  worse: { words: 'WORSE', text: '✗ worse', tone: 'bad' },
  "can't tell": { words: "CAN'T TELL", text: "? can't tell", tone: 'warning' },
  better: { words: 'BETTER', text: '✓ better', tone: 'good' },
  same: { words: 'SAME', text: '= same', tone: 'neutral' },
};

export function formatSide({ figure, ...sides }: ComparisonRow, side: 'reference' | 'candidate'): string {
  const { unit } = COMPARED_FIGURES[figure];
  // A count that is the mean of several runs is rarely a whole number.
  return unit === 'count' ? formatNumber(sides[side]) : formatValue(sides[side], unit);
}

/** Returns a text such as `+20.3 %`, or `+1.2 points` for a rate. */
export const formatChange = (row: ComparisonRow): string => `${signed(row.change)} ${unitOf(row)}`;

/** Returns a text such as `+18.1 to +22.0 %`, or '' if the row has no interval. */
export const formatChangeInterval = (row: ComparisonRow): string =>
  row.interval ? `${signed(row.interval.low)} to ${signed(row.interval.high)} ${unitOf(row)}` : '';

/**
 * Formats a change as a percentage with its sign.
 * @param change a fraction, for example 0.2 for an increase by 20 %
 */
function signed(change: number): string {
  if (!Number.isFinite(change)) return '…';
  return `${change > 0 ? '+' : ''}${formatNumber(change * 100)}`;
}

const unitOf = ({ figure }: ComparisonRow): string => (COMPARED_FIGURES[figure].scale === 'relative' ? '%' : 'points');

export const figureTitle = ({ figure }: Pick<ComparisonRow, 'figure'>): string => COMPARED_FIGURES[figure].title;

/** Returns the part of the test that a row describes, in words that fit after "of", for example "all requests". */
export function partName({ scope, name }: Pick<ComparisonRow, 'scope' | 'name'>): string {
  if (scope === 'total') return 'all requests';
  if (scope === 'resources') return 'the target';
  return scope === 'endpoint' ? name : `${scope} ${name}`;
}

/** Returns a sentence such as `p95 of all requests: 119 ms → 143 ms, +20.3 % (+18.1 to +22.0 %)`. */
export function rowSentence(row: ComparisonRow): string {
  const interval = row.interval ? ` (${formatChangeInterval(row)})` : '';
  const figures = `${formatSide(row, 'reference')} → ${formatSide(row, 'candidate')}, ${formatChange(row)}${interval}`;
  const note = row.note ? `; ${row.note}` : '';
  return `${figureTitle(row)} of ${partName(row)}: ${figures}${note}`;
}

export const intervalMethodsText = ({ by }: ComparisonRow): string =>
  by.map((method) => INTERVAL_METHODS[method]).join('; ');

/** Explains which variation the intervals cover. The text depends on the number of runs per side. */
function designNote({ unit, reference, candidate }: Comparison): string {
  if (unit === 'window')
    return (
      'There is one run per side, so intervals cover the variation within the two runs, but not the variation ' +
      'between runs of the same software. Such intervals are too narrow. Compare several runs per side, or use npm run ab.'
    );
  return `Intervals cover the variation between runs (${reference.length} reference, ${candidate.length} candidate).`;
}

const floorNote = ({ relative, points, ms }: Floors): string =>
  `A change counts if its whole 95 % interval is beyond ${formatExactValue(relative, 'fraction')} (for durations also ` +
  `beyond ${formatExactValue(ms, 'ms')}; for rates beyond ${formatExactValue(points * 100, 'count')} points), and if it remains significant across ` +
  'all rows (Benjamini-Hochberg correction at 0.05).';

/** Returns notes about the method of a comparison and its limitations. */
export const comparisonNotes = (comparison: Comparison): string[] => [
  designNote(comparison),
  floorNote(comparison.floors),
  ...unknownOf(comparison),
  ...(comparison.notInEveryRun.length > 0
    ? [`Missing from some runs and therefore not compared: ${comparison.notInEveryRun.join(', ')}`]
    : []),
];

const unknownOf = ({ reference, candidate }: Comparison): string[] => [
  ...new Set([...reference, ...candidate].flatMap(({ id, unknown }) => unknown.map((note) => `${id}: ${note}`))),
];

export function comparisonSubject({ reference, candidate }: Comparison): string {
  const test = [...reference, ...candidate].find(({ fingerprint }) => fingerprint)?.fingerprint?.test;
  return `${test ? `${test}: ` : ''}${pluralize(candidate.length, 'run')} against ${pluralize(reference.length, 'run')}`;
}
