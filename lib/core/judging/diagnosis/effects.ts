import type { ErrorFigures, Evidence, JudgedCriterion } from '../../evidence/index.ts';
import { share } from '../../numbers/index.ts';
import { flowOfCriterion, sumCounts } from './flow-failures.ts';
import { type Period, windowIndexesIn } from './periods.ts';

/** What a cause does to a run, as far as criteria see it. */
export interface Effect {
  /** The kinds of criteria that are about this very thing. */
  criterionKinds?: readonly JudgedCriterion['kind'][];
  /** Criteria that it breaks, by their ids. */
  criterionIds?: readonly string[];
  /** Its share of the errors. */
  matchesError?: (error: ErrorFigures) => boolean;
  /** Its share of the failures of flows, by their reasons. */
  matchesFailure?: (reason: string) => boolean;
  /** When it made everything slow; what times out meanwhile is of it, too. */
  slowPeriods?: readonly Period[];
}

/** This much of what went wrong has to be of one cause for that cause alone to account for it. */
export const NEARLY_ALL_SHARE = 0.9;

/** Whether a criterion that failed would have passed but for this effect. */
export function accountsFor(evidence: Evidence, effect: Effect, criterion: JudgedCriterion): boolean {
  const { kind, id, limit, endpoint } = criterion;
  const {
    criterionKinds: breaks = [],
    criterionIds: criteria = [],
    slowPeriods: slows = [],
    matchesFailure: failures = () => false,
  } = effect;
  if (breaks.includes(kind) || criteria.includes(id)) return true;
  const { requests, p95Ms, meanMs, flows } = evidence.windows;
  const isSlowFor = (counts: readonly number[], values: readonly (number | null)[]) =>
    shareWithin(evidence, slows, counts, (i) => (values[i] ?? 0) >= limit) >= NEARLY_ALL_SHARE;
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
      return (
        share(sumCounts(all.filter(({ reason }) => failures(reason))), sumCounts(all)) >= NEARLY_ALL_SHARE
      );
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

/** The share of the errors that a predicate picks; 0 where there is none. */
export function shareOfErrors(
  { errors }: Evidence,
  of: (error: ErrorFigures) => boolean,
  endpoint?: string,
): number {
  const all = errors.filter((one) => endpoint === undefined || one.endpoint === endpoint);
  return share(sumCounts(all.filter(of)), sumCounts(all));
}

/** The errors of an effect, with what timed out while it made everything slow. */
export function errorMatcherOf(
  evidence: Evidence,
  { matchesError: errors = () => false, slowPeriods: slows = [] }: Effect,
): (error: ErrorFigures) => boolean {
  const timeouts = evidence.windows.errorsByKind.timeout ?? [];
  const timesOut = shareWithin(evidence, slows, timeouts, () => true) >= NEARLY_ALL_SHARE;
  return (error) => errors(error) || (timesOut && error.kind === 'timeout');
}

/** Of what was counted in the windows of a kind, the share that was counted while something was at work. */
function shareWithin(
  { windows }: Evidence,
  stretches: readonly Period[],
  counts: readonly number[],
  isOfKind: (i: number) => boolean,
): number {
  const atWork = new Set(windowIndexesIn(windows, stretches));
  const indexes = windows.startMs.map((_, i) => i).filter(isOfKind);
  const sum = (some: readonly number[]) => some.reduce((total, i) => total + (counts[i] ?? 0), 0);
  // What was begun while it was at work may end in the window after.
  return share(sum(indexes.filter((i) => atWork.has(i) || atWork.has(i - 1))), sum(indexes));
}
