import type { ErrorFigures, Evidence, JudgedCriterion } from '../../evidence/index.ts';
import { share } from '../../numbers/index.ts';
import { flowOfCriterion, sumCounts } from './flow-failures.ts';
import { type Period, windowIndexesIn } from './periods.ts';

/** How a cause affects the criteria of a run. */
export interface Effect {
  /** Kinds of criteria that measure the cause directly. */
  criterionKinds?: readonly JudgedCriterion['kind'][];
  /** Ids of criteria that fail because of the cause. */
  criterionIds?: readonly string[];
  /** Selects the errors that have this cause. */
  matchesError?: (error: ErrorFigures) => boolean;
  /** Selects the flow failures that have this cause, by their reason. */
  matchesFailure?: (reason: string) => boolean;
  /** Periods in which the cause made everything slow; timeouts in these periods have this cause as well. */
  slowPeriods?: readonly Period[];
}

/**
 * A cause explains a failed criterion if at least this share of the errors, failures or slow requests have that
 * cause.
 */
export const NEARLY_ALL_SHARE = 0.9;

/** Returns whether this effect is enough to explain why a criterion failed. */
export function explainsFailure(evidence: Evidence, effect: Effect, criterion: JudgedCriterion): boolean {
  const { kind, id, limit, endpoint } = criterion;
  const { criterionKinds = [], criterionIds = [], slowPeriods = [], matchesFailure = () => false } = effect;
  if (criterionKinds.includes(kind) || criterionIds.includes(id)) return true;
  const { requests, p95Ms, meanMs, flows } = evidence.windows;
  const isSlowFor = (counts: readonly number[], values: readonly (number | null)[]) =>
    shareWithin(evidence, slowPeriods, counts, (i) => (values[i] ?? 0) >= limit) >= NEARLY_ALL_SHARE;
  switch (kind) {
    case 'error-rate':
    case 'error-count':
    case 'failed-checks':
      return shareOfErrors(evidence, errorMatcherOf(evidence, effect), endpoint) >= NEARLY_ALL_SHARE;
    case 'request-percentile':
      return isSlowFor(requests, p95Ms);
    case 'request-mean':
      return isSlowFor(requests, meanMs);
    case 'flow-success-rate': {
      const all = flowOfCriterion(evidence, criterion)?.failures ?? [];
      return share(sumCounts(all.filter(({ reason }) => matchesFailure(reason))), sumCounts(all)) >= NEARLY_ALL_SHARE;
    }
    case 'flow-mean':
    case 'flow-percentile': {
      const columns = flows[flowOfCriterion(evidence, criterion)?.name ?? ''];
      return columns !== undefined && isSlowFor(columns.iterations, columns.meanMs);
    }
    default:
      return false;
  }
}

/** Returns the share of the errors that match a predicate, or 0 if there are no errors. */
export function shareOfErrors(
  { errors }: Evidence,
  matches: (error: ErrorFigures) => boolean,
  endpoint?: string,
): number {
  const all = errors.filter((error) => endpoint === undefined || error.endpoint === endpoint);
  return share(sumCounts(all.filter(matches)), sumCounts(all));
}

/** Selects the errors of an effect, and timeouts if nearly all of them occurred in its slow periods. */
export function errorMatcherOf(
  evidence: Evidence,
  { matchesError = () => false, slowPeriods = [] }: Effect,
): (error: ErrorFigures) => boolean {
  const timeouts = evidence.windows.errorsByKind.timeout ?? [];
  const timesOut = shareWithin(evidence, slowPeriods, timeouts, () => true) >= NEARLY_ALL_SHARE;
  return (error) => matchesError(error) || (timesOut && error.kind === 'timeout');
}

/** Share of the counts in the selected windows that falls into the given periods. */
function shareWithin(
  { windows }: Evidence,
  periods: readonly Period[],
  counts: readonly number[],
  isSelected: (i: number) => boolean,
): number {
  const inside = new Set(windowIndexesIn(windows, periods));
  const selected = windows.startMs.map((_, i) => i).filter(isSelected);
  const sum = (indexes: readonly number[]) => indexes.reduce((total, i) => total + (counts[i] ?? 0), 0);
  // A request that starts inside a period may end in the next window.
  return share(sum(selected.filter((i) => inside.has(i) || inside.has(i - 1))), sum(selected));
}
