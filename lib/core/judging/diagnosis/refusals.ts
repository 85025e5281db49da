import { type Evidence, windowRows } from '../../evidence/index.ts';
import type { ErrorKind } from '../../metrics/index.ts';
import { formatPercent, mean, pluralize } from '../../numbers/index.ts';
import { NEARLY_ALL_SHARE, shareOfErrors } from './effects.ts';
import { sumCounts } from './flow-failures.ts';
import { type Period, spanOf, windowsWithCount } from './periods.ts';
import { directSignal, type Signal, supportingSignal } from './rule.ts';

const MIN_REFUSALS = 10;
const MIN_REFUSED_SHARE = 0.01;

export interface Refusals extends Period {
  count: number;
  /** Share of all requests. */
  share: number;
  /** Share of all errors. */
  shareOfErrors: number;
  endpoints: string[];
  /** Number of refusals in each window. */
  countsByWindow: number[];
}

/**
 * Counts unexpected responses of one kind. Returns null if they are too few to be a cause. Refusals that the test
 * expects do not count.
 */
export function refusalsOf(evidence: Evidence, kind: ErrorKind): Refusals | null {
  const errors = evidence.errors.filter((error) => error.kind === kind);
  const refused = sumCounts(errors);
  const share = refused / Math.max(1, evidence.totals.requests);
  if (refused < MIN_REFUSALS || share < MIN_REFUSED_SHARE) return null;
  const countsByWindow = evidence.windows.errorsByKind[kind] ?? [];
  return {
    count: refused,
    share,
    shareOfErrors: shareOfErrors(evidence, (error) => error.kind === kind),
    endpoints: [...new Set(errors.map(({ endpoint }) => endpoint))],
    countsByWindow,
    ...spanOf(windowsWithCount(evidence, countsByWindow)),
  };
}

/**
 * Signals for the number of refusals and for their share of the errors.
 * @param statuses such as `401 or 403`
 */
export const refusalSignals = (refusals: Refusals, statuses: string): (Signal | false)[] => [
  directSignal(
    refusals,
    `${pluralize(refusals.count, 'request')} got a ${statuses} response (${formatPercent(refusals.share)} of all requests)`,
  ),
  refusals.shareOfErrors >= NEARLY_ALL_SHARE &&
    supportingSignal(refusals, `these are ${formatPercent(refusals.shareOfErrors)} of all errors`),
];

/** The accepted rate counts as steady if its standard deviation is at most this share of its mean. */
export const MAX_RELATIVE_DEVIATION = 0.25;
/** Minimum number of windows for deciding whether a rate is steady. */
export const MIN_RATE_WINDOWS = 4;

interface WindowRates {
  requests: number;
  refused: number;
  sentPerS: number;
  acceptedPerS: number;
}

/** @param countsByWindow refusals in each window */
export const ratesByWindow = ({ windows }: Evidence, countsByWindow: readonly number[]): WindowRates[] =>
  windowRows(windows).flatMap(({ requests, seconds }, i) => {
    const refused = countsByWindow[i] ?? 0;
    return seconds > 0
      ? [{ requests, refused, sentPerS: requests / seconds, acceptedPerS: (requests - refused) / seconds }]
      : [];
  });

/** Returns the mean rates over the windows, and whether the accepted rate was steady. */
export function meanRates(windows: readonly WindowRates[]) {
  const acceptedPerS = mean(windows.map((window) => window.acceptedPerS));
  const deviation = Math.sqrt(mean(windows.map((window) => (window.acceptedPerS - acceptedPerS) ** 2)));
  return {
    sentPerS: mean(windows.map(({ sentPerS }) => sentPerS)),
    acceptedPerS,
    isSteady: windows.length >= MIN_RATE_WINDOWS && deviation <= MAX_RELATIVE_DEVIATION * acceptedPerS,
  };
}
