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

/** How the outcome of a comparison is told: as a whole, and in a row. */
export const OUTCOME_WORDS: Record<ComparisonOutcome, { words: string; text: string; tone: Tone }> = {
  worse: { words: 'WORSE', text: '✗ worse', tone: 'bad' },
  "can't tell": { words: "CAN'T TELL", text: "? can't tell", tone: 'warning' },
  better: { words: 'BETTER', text: '✓ better', tone: 'good' },
  same: { words: 'SAME', text: '= same', tone: 'neutral' },
};

export function formatSide({ figure, ...sides }: ComparisonRow, side: 'reference' | 'candidate'): string {
  const { unit } = COMPARED_FIGURES[figure];
  // A mean over the load is hardly ever a whole number.
  return unit === 'count' ? formatNumber(sides[side]) : formatValue(sides[side], unit);
}

/** `+20.3 %`, of a rate `+1.2 points`. */
export const formatChange = (row: ComparisonRow): string => `${signed(row.change)} ${unitOf(row)}`;

/** `+18.1 to +22.0 %` */
export const formatChangeInterval = (row: ComparisonRow): string =>
  row.interval ? `${signed(row.interval.low)} to ${signed(row.interval.high)} ${unitOf(row)}` : '';

/** @param change as a fraction */
function signed(change: number): string {
  if (!Number.isFinite(change)) return '…';
  return `${change > 0 ? '+' : ''}${formatNumber(change * 100)}`;
}

const unitOf = ({ figure }: ComparisonRow): string =>
  COMPARED_FIGURES[figure].scale === 'relative' ? '%' : 'points';

export const figureTitle = ({ figure }: Pick<ComparisonRow, 'figure'>): string =>
  COMPARED_FIGURES[figure].title;

/** What a row is of, as it stands after "of". */
export function partName({ scope, name }: Pick<ComparisonRow, 'scope' | 'name'>): string {
  if (scope === 'total') return 'all requests';
  if (scope === 'resources') return 'the target';
  return scope === 'endpoint' ? name : `${scope} ${name}`;
}

/** `p95 of all requests: 119 ms → 143 ms, +20.3 % (+18.1 to +22.0 %)` */
export function rowSentence(row: ComparisonRow): string {
  const interval = row.interval ? ` (${formatChangeInterval(row)})` : '';
  const figures = `${formatSide(row, 'reference')} → ${formatSide(row, 'candidate')}, ${formatChange(row)}${interval}`;
  const note = row.note ? `; ${row.note}` : '';
  return `${figureTitle(row)} of ${partName(row)}: ${figures}${note}`;
}

export const intervalMethodsText = ({ by }: ComparisonRow): string =>
  by.map((method) => INTERVAL_METHODS[method]).join('; ');

/** How certain all of it is, and what it cannot say. */
function designNote({ unit, reference, candidate }: Comparison): string {
  if (unit === 'window')
    return (
      'One run a side: intervals hold what varied within the two runs, and nothing of what differs between runs ' +
      'of the same software. They are too narrow by that. Several runs a side, or npm run ab, tell better.'
    );
  return `The run is the unit, ${reference.length} against ${candidate.length}: intervals hold what differs between runs.`;
}

const floorNote = ({ relative, points, ms }: Floors): string =>
  `A change counts where its whole interval at 95 % lies beyond ${formatExactValue(relative, 'fraction')} (of a duration also ` +
  `beyond ${formatExactValue(ms, 'ms')}), of a rate beyond ${formatExactValue(points * 100, 'count')} points, and where that holds over all rows ` +
  'together (Benjamini and Hochberg, at 0.05).';

/** All that a reader should know of how it came about. */
export const comparisonNotes = (comparison: Comparison): string[] => [
  designNote(comparison),
  floorNote(comparison.floors),
  ...unknownOf(comparison),
  ...(comparison.notInEveryRun.length > 0
    ? [`Not in every run, and so not compared: ${comparison.notInEveryRun.join(', ')}`]
    : []),
];

const unknownOf = ({ reference, candidate }: Comparison): string[] => [
  ...new Set(
    [...reference, ...candidate].flatMap(({ id, unknown }) => unknown.map((one) => `${id}: ${one}`)),
  ),
];

export function comparisonSubject({ reference, candidate }: Comparison): string {
  const test = [...reference, ...candidate].find(({ fingerprint }) => fingerprint)?.fingerprint?.test;
  return `${test ? `${test}: ` : ''}${pluralize(candidate.length, 'run')} against ${pluralize(reference.length, 'run')}`;
}
