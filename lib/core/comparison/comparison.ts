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
  /** What is drawn at random in the intervals: runs, or what varied within the one run of each side. */
  unit: 'run' | 'window';
  floors: Floors;
  rows: ComparisonRow[];
  outcome: ComparisonOutcome;
  /** The rows that it rests on. */
  because: ComparisonRow[];
  /** Null where the runs are of no ladder. Where it tells better from worse, the outcome is its own. */
  ladder: LadderComparison | null;
  /** Parts that some of the runs do not have: they are not compared. */
  notInEveryRun: string[];
  /** What differs between the sides beside the figures. */
  circumstances: { name: string; reference: string; candidate: string }[];
}

/** How many of the changes that are told may be none. */
const FALSE_DISCOVERIES = 0.05;

const DIFFERS: readonly [figure: FigureName, differ: FigureComparator][] = [
  ['p50', percentileDifference('p50')],
  ['p95', percentileDifference('p95')],
  ['p99', percentileDifference('p99')],
  ['throughput', throughputDifference],
];

/**
 * Runs of a reference with runs of a candidate, of one test: see `obstacles` for what cannot be compared.
 * @param reference one or more, as `candidate`
 */
export function compare(
  reference: readonly Excerpt[],
  candidate: readonly Excerpt[],
  floors: Floors = DEFAULT_FLOORS,
): Comparison {
  const { pairs, notInEveryRun } = pairsOf(reference, candidate);
  const unjudged = [
    ...pairs.flatMap(({ scope, name, sides }) =>
      differsOf(sides).flatMap(([figure, differ]) =>
        rowOf({ scope, name, figure }, differ(...sides), floors),
      ),
    ),
    ...(Object.keys(COMPARED_RESOURCES) as ResourceName[]).flatMap((figure) =>
      rowOf(
        { scope: 'resources', name: '', figure },
        resourceDifference(figure, reference, candidate),
        floors,
      ),
    ),
  ];
  const rows = judged(unjudged);
  const ladder = compareLadders(reference, candidate, rows);
  return {
    reference,
    candidate,
    unit: isOneRunPerSide(reference, candidate) ? 'window' : 'run',
    floors,
    rows,
    ...(ladderOutcome(ladder) ?? overall(rows)),
    ladder,
    notInEveryRun,
    circumstances: circumstancesThatDiffer(reference, candidate),
  };
}

interface Pair {
  scope: PartScope;
  name: string;
  sides: [reference: RunParts, candidate: RunParts];
}

/** Parts that every run has, the whole first. */
function pairsOf(
  reference: readonly Excerpt[],
  candidate: readonly Excerpt[],
): { pairs: Pair[]; notInEveryRun: string[] } {
  const runs = [...reference, ...candidate];
  const parts = new Map(runs.flatMap((run) => run.parts.map((part) => [keyOf(part), part] as const)));
  const isInEveryRun = (key: string) => runs.every((run) => run.parts.some((part) => keyOf(part) === key));
  const sideOf = (side: readonly Excerpt[], key: string): RunParts =>
    side.flatMap((run) =>
      run.parts.filter((part) => keyOf(part) === key).map((part) => ({ part, windows: run.windows })),
    );
  const pairs = [...parts].flatMap(([key, { scope, name }]): Pair[] =>
    isInEveryRun(key) ? [{ scope, name, sides: [sideOf(reference, key), sideOf(candidate, key)] }] : [],
  );
  return {
    pairs: pairs.sort((a, b) => PART_SCOPES.indexOf(a.scope) - PART_SCOPES.indexOf(b.scope)),
    notInEveryRun: [...parts.keys()].filter((key) => !isInEveryRun(key)),
  };
}

/** `endpoint GET /items/:id` */
const keyOf = ({ scope, name }: ExcerptPart): string => `${scope} ${name}`.trim();

/** What fails in a request is an error; a journey and its steps succeed. */
function differsOf([reference]: Pair['sides']): readonly [FigureName, FigureComparator][] {
  const hits = reference.find(({ part }) => part.hits)?.part.hits;
  return hits ? [...DIFFERS, [hits.of === 'errors' ? 'errorRate' : 'successRate', rateDifference]] : DIFFERS;
}

interface Unjudged {
  row: ComparisonRow;
  estimate: DifferenceEstimate | null;
  /** On the scale of the estimate. */
  limit: number;
}

function rowOf(
  what: Pick<ComparisonRow, 'scope' | 'name' | 'figure'>,
  difference: Difference | null,
  floors: Floors,
): Unjudged[] {
  if (!difference) return [];
  const { reference, candidate, estimate, by, note } = difference;
  const { scale, unit } = COMPARED_FIGURES[what.figure];
  const isRelative = scale === 'relative';
  const floor = isRelative
    ? Math.max(floors.relative, unit === 'ms' ? floors.ms / reference : 0)
    : floors.points;
  const told = isRelative ? (value: number) => Math.expm1(value) : (value: number) => value;
  const change = isRelative ? candidate / reference - 1 : candidate - reference;
  const interval = estimate && { low: told(estimate.interval.low), high: told(estimate.interval.high) };
  const row: ComparisonRow = {
    ...what,
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
 * A row is better or worse where its interval lies beyond the floor, and where that holds over all rows together:
 * among many, some lie there by chance. It is the same where the interval lies within the floor.
 */
function judged(rows: readonly Unjudged[]): ComparisonRow[] {
  const chances = rows.map(({ estimate, limit }) => estimate && pValueBeyond(estimate, limit));
  const highest = highestChance(chances.filter((chance) => chance !== null));
  return rows.map(({ row, estimate, limit }, i): ComparisonRow => {
    const chance = chances[i];
    if (!estimate || chance == null) return row;
    const { low, high } = estimate.interval;
    if (chance <= highest) {
      const isMore = estimate.difference > 0;
      return {
        ...row,
        outcome: isMore === (COMPARED_FIGURES[row.figure].better === 'higher') ? 'better' : 'worse',
      };
    }
    if (low >= -limit && high <= limit) return { ...row, outcome: 'same' };
    const isAlone = low > limit || high < -limit;
    return isAlone ? { ...row, note: 'beyond the floor alone, but not among so many rows' } : row;
  });
}

/**
 * Up to this chance a row counts: of all that are told to differ, at most one in twenty does not. Y. Benjamini &
 * Y. Hochberg, "Controlling the false discovery rate", JRSS B 1995.
 */
function highestChance(chances: readonly number[]): number {
  const sorted = chances.toSorted((a, b) => a - b);
  return sorted.findLast((chance, i) => chance <= (FALSE_DISCOVERIES * (i + 1)) / sorted.length) ?? -1;
}

/** What has to be known of two sides before they can be called the same. */
const isHeadline = ({ scope, figure }: ComparisonRow): boolean =>
  (scope === 'total' && (figure === 'p95' || figure === 'errorRate')) ||
  (scope === 'flow' && figure === 'successRate');

function overall(rows: readonly ComparisonRow[]): Pick<Comparison, 'outcome' | 'because'> {
  const headline = rows.filter(isHeadline);
  const weighing = rows.filter(({ figure }) => COMPARED_FIGURES[figure].weighs);
  const candidates: Record<ComparisonOutcome, ComparisonRow[]> = {
    worse: weighing.filter(({ outcome }) => outcome === 'worse'),
    "can't tell": headline.filter(({ outcome }) => outcome === "can't tell"),
    better: weighing.filter(({ outcome }) => outcome === 'better'),
    same: headline,
  };
  const outcome = COMPARISON_OUTCOMES.find((one) => candidates[one].length > 0) ?? "can't tell";
  return { outcome, because: candidates[outcome] };
}

/** With more users than it can carry, what a deployment refuses at once makes it look quick as a whole. */
function ladderOutcome(ladder: LadderComparison | null): Pick<Comparison, 'outcome' | 'because'> | null {
  if (!ladder || ladder.findings.length === 0) return null;
  return { outcome: ladder.outcome, because: ladder.findings.flatMap(({ by }) => by) };
}

function circumstancesThatDiffer(
  reference: readonly Excerpt[],
  candidate: readonly Excerpt[],
): Comparison['circumstances'] {
  const names = new Set(
    [...reference, ...candidate].flatMap(({ circumstances }) => Object.keys(circumstances)),
  );
  const told = (side: readonly Excerpt[], name: string) =>
    [...new Set(side.map(({ circumstances }) => circumstances[name] ?? 'not set'))].join(', ');
  return [...names]
    .map((name) => ({ name, reference: told(reference, name), candidate: told(candidate, name) }))
    .filter((one) => one.reference !== one.candidate);
}
