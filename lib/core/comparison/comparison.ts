import {
  COMPARED_FIGURES,
  COMPARISON_OUTCOMES,
  type ComparisonOutcome,
  type ComparisonRow,
  DEFAULT_FLOORS,
  type FigureName,
  type Floors,
} from './compared-figures.ts';
import {
  type Difference,
  type FigureComparator,
  isOneRunPerSide,
  percentileDifference,
  type RunParts,
  rateDifference,
  resourceDifference,
  throughputDifference,
} from './difference.ts';
import { type DifferenceEstimate, pValueBeyond } from './estimate.ts';
import {
  COMPARED_RESOURCES,
  type Excerpt,
  type ExcerptPart,
  PART_SCOPES,
  type PartScope,
  type ResourceName,
} from './excerpt.ts';
import { compareLadders, type LadderComparison } from './ladder-comparison.ts';

export interface Comparison {
  reference: readonly Excerpt[];
  candidate: readonly Excerpt[];
  /** What the intervals are estimated from: several runs per side, or the windows within a single run per side. */
  unit: 'run' | 'window';
  floors: Floors;
  rows: ComparisonRow[];
  outcome: ComparisonOutcome;
  /** The rows that decide the outcome. */
  because: ComparisonRow[];
  /** Comparison rung by rung; null unless all runs are ladders. If it has findings, they decide the overall outcome. */
  ladder: LadderComparison | null;
  /** Parts that some runs lack. They are not compared. */
  notInEveryRun: string[];
  /** Circumstances that differ between the sides, such as labels and versions. */
  circumstances: { name: string; reference: string; candidate: string }[];
}

/** Maximum expected share of false discoveries among the rows that are better or worse. */
const FALSE_DISCOVERY_RATE = 0.05;

const COMPARATORS: readonly [figure: FigureName, compareFigure: FigureComparator][] = [
  ['p50', percentileDifference('p50')],
  ['p95', percentileDifference('p95')],
  ['p99', percentileDifference('p99')],
  ['throughput', throughputDifference],
];

/**
 * Compares the runs of a candidate with those of a reference. All runs must be of the same test: check this first with
 * {@link reasonsNotComparable}.
 * @param reference one or more runs
 * @param candidate one or more runs
 * @param floors the smallest changes that count
 */
export function compare(
  reference: readonly Excerpt[],
  candidate: readonly Excerpt[],
  floors: Floors = DEFAULT_FLOORS,
): Comparison {
  const { pairs, notInEveryRun } = pairParts(reference, candidate);
  const unjudged = [
    ...pairs.flatMap(({ scope, name, sides }) =>
      comparatorsFor(sides).flatMap(([figure, compareFigure]) =>
        unjudgedRow({ scope, name, figure }, compareFigure(...sides), floors),
      ),
    ),
    ...(Object.keys(COMPARED_RESOURCES) as ResourceName[]).flatMap((figure) =>
      unjudgedRow({ scope: 'resources', name: '', figure }, resourceDifference(figure, reference, candidate), floors),
    ),
  ];
  const rows = judgeRows(unjudged);
  const ladder = compareLadders(reference, candidate, rows);
  return {
    reference,
    candidate,
    unit: isOneRunPerSide(reference, candidate) ? 'window' : 'run',
    floors,
    rows,
    ...(ladderOutcome(ladder) ?? overallOutcome(rows)),
    ladder,
    notInEveryRun,
    circumstances: differingCircumstances(reference, candidate),
  };
}

interface PartPair {
  scope: PartScope;
  name: string;
  sides: [reference: RunParts, candidate: RunParts];
}

/** Pairs each part that all runs have between the two sides. The whole run comes first. */
function pairParts(
  reference: readonly Excerpt[],
  candidate: readonly Excerpt[],
): { pairs: PartPair[]; notInEveryRun: string[] } {
  const runs = [...reference, ...candidate];
  const parts = new Map(runs.flatMap((run) => run.parts.map((part) => [keyOf(part), part] as const)));
  const isInEveryRun = (key: string) => runs.every((run) => run.parts.some((part) => keyOf(part) === key));
  const sideOf = (side: readonly Excerpt[], key: string): RunParts =>
    side.flatMap((run) =>
      run.parts.filter((part) => keyOf(part) === key).map((part) => ({ part, windows: run.windows })),
    );
  const pairs = [...parts].flatMap(([key, { scope, name }]): PartPair[] =>
    isInEveryRun(key) ? [{ scope, name, sides: [sideOf(reference, key), sideOf(candidate, key)] }] : [],
  );
  return {
    pairs: pairs.sort((a, b) => PART_SCOPES.indexOf(a.scope) - PART_SCOPES.indexOf(b.scope)),
    notInEveryRun: [...parts.keys()].filter((key) => !isInEveryRun(key)),
  };
}

/** `endpoint GET /items/:id` */
const keyOf = ({ scope, name }: ExcerptPart): string => `${scope} ${name}`.trim();

/** Requests have an error rate; flows and their steps have a success rate. */
function comparatorsFor([reference]: PartPair['sides']): readonly [FigureName, FigureComparator][] {
  const hits = reference.find(({ part }) => part.hits)?.part.hits;
  return hits ? [...COMPARATORS, [hits.of === 'errors' ? 'errorRate' : 'successRate', rateDifference]] : COMPARATORS;
}

interface Unjudged {
  row: ComparisonRow;
  estimate: DifferenceEstimate | null;
  /** The floor, converted to the scale of the estimate. */
  limit: number;
}

function unjudgedRow(
  key: Pick<ComparisonRow, 'scope' | 'name' | 'figure'>,
  difference: Difference | null,
  floors: Floors,
): Unjudged[] {
  if (!difference) return [];
  const { reference, candidate, estimate, by, note } = difference;
  const { scale, unit } = COMPARED_FIGURES[key.figure];
  const isRelative = scale === 'relative';
  const floor = isRelative ? Math.max(floors.relative, unit === 'ms' ? floors.ms / reference : 0) : floors.points;
  const toChange = isRelative ? (value: number) => Math.expm1(value) : (value: number) => value;
  const change = isRelative ? candidate / reference - 1 : candidate - reference;
  const interval = estimate && {
    low: toChange(estimate.interval.low),
    high: toChange(estimate.interval.high),
  };
  const row: ComparisonRow = {
    ...key,
    reference,
    candidate,
    change,
    interval,
    floor,
    outcome: "can't tell",
    by,
    note,
  };
  return [{ row, estimate, limit: isRelative ? Math.log1p(floor) : floor }];
}

/**
 * A row is better or worse if its interval lies beyond the floor and if its p-value is significant among those of all
 * rows. The second condition is needed because, with many rows, some intervals lie beyond the floor by chance. A row is
 * the same if its interval lies within the floor.
 */
function judgeRows(rows: readonly Unjudged[]): ComparisonRow[] {
  const pValues = rows.map(({ estimate, limit }) => estimate && pValueBeyond(estimate, limit));
  const threshold = pValueThreshold(pValues.filter((pValue) => pValue !== null));
  return rows.map(({ row, estimate, limit }, i): ComparisonRow => {
    const pValue = pValues[i];
    if (!estimate || pValue == null) return row;
    const { low, high } = estimate.interval;
    if (pValue <= threshold) {
      const isIncrease = estimate.difference > 0;
      return {
        ...row,
        outcome: isIncrease === (COMPARED_FIGURES[row.figure].better === 'higher') ? 'better' : 'worse',
      };
    }
    if (low >= -limit && high <= limit) return { ...row, outcome: 'same' };
    const isBeyondFloor = low > limit || high < -limit;
    return isBeyondFloor ? { ...row, note: `significant by itself, but not among ${rows.length} rows` } : row;
  });
}

/**
 * Returns the largest p-value that is still significant among those of all rows, or -1 if none is significant. Limits
 * the false discovery rate: Y. Benjamini & Y. Hochberg, "Controlling the false discovery rate", JRSS B 1995.
 */
function pValueThreshold(pValues: readonly number[]): number {
  const sorted = pValues.toSorted((a, b) => a - b);
  return sorted.findLast((pValue, i) => pValue <= (FALSE_DISCOVERY_RATE * (i + 1)) / sorted.length) ?? -1;
}

/** Rows that must all be the same before the two sides count as the same. */
const isHeadline = ({ scope, figure }: ComparisonRow): boolean =>
  (scope === 'total' && (figure === 'p95' || figure === 'errorRate')) || (scope === 'flow' && figure === 'successRate');

function overallOutcome(rows: readonly ComparisonRow[]): Pick<Comparison, 'outcome' | 'because'> {
  const headline = rows.filter(isHeadline);
  const deciding = rows.filter(({ figure }) => COMPARED_FIGURES[figure].affectsOutcome);
  const rowsByOutcome: Record<ComparisonOutcome, ComparisonRow[]> = {
    worse: deciding.filter(({ outcome }) => outcome === 'worse'),
    "can't tell": headline.filter(({ outcome }) => outcome === "can't tell"),
    better: deciding.filter(({ outcome }) => outcome === 'better'),
    same: headline,
  };
  const outcome = COMPARISON_OUTCOMES.find((candidate) => rowsByOutcome[candidate].length > 0) ?? "can't tell";
  return { outcome, because: rowsByOutcome[outcome] };
}

/**
 * The ladder takes precedence over the rows of the whole run: an overloaded deployment that rejects requests immediately
 * looks fast overall.
 */
function ladderOutcome(ladder: LadderComparison | null): Pick<Comparison, 'outcome' | 'because'> | null {
  if (!ladder || ladder.findings.length === 0) return null;
  return { outcome: ladder.outcome, because: ladder.findings.flatMap(({ by }) => by) };
}

function differingCircumstances(
  reference: readonly Excerpt[],
  candidate: readonly Excerpt[],
): Comparison['circumstances'] {
  const names = new Set([...reference, ...candidate].flatMap(({ circumstances }) => Object.keys(circumstances)));
  const valuesText = (side: readonly Excerpt[], name: string) =>
    [...new Set(side.map(({ circumstances }) => circumstances[name] ?? 'not set'))].join(', ');
  return [...names]
    .map((name) => ({ name, reference: valuesText(reference, name), candidate: valuesText(candidate, name) }))
    .filter((values) => values.reference !== values.candidate);
}
