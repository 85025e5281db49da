import { type Evidence, windowRows } from '../../evidence/index.ts';
import type { ErrorKind } from '../../metrics/index.ts';
import { formatPercent, mean, pluralize } from '../../numbers/index.ts';
import { NEARLY_ALL_SHARE, shareOfErrors } from './effects.ts';
import { sumCounts } from './flow-failures.ts';
import { type Period, spanOf, windowsWithCount } from './periods.ts';
import { directSignal, type Signal, supportingSignal } from './rule.ts';

const FEWEST = 10;
const LEAST_SHARE = 0.01;

export interface Refusals extends Period {
  count: number;
  /** Of all requests. */
  share: number;
  /** Of all errors. */
  shareOfErrors: number;
  endpoints: string[];
  /** By window. */
  countsByWindow: number[];
}

/** Unexpected answers of one kind; null where there are too few to be a cause. Refusals that a test wants are none. */
export function refusalsOf(evidence: Evidence, kind: ErrorKind): Refusals | null {
  const own = evidence.errors.filter((error) => error.kind === kind);
  const refused = sumCounts(own);
  const share = refused / Math.max(1, evidence.totals.requests);
  if (refused < FEWEST || share < LEAST_SHARE) return null;
  const inWindows = evidence.windows.errorsByKind[kind] ?? [];
  return {
    count: refused,
    share,
    shareOfErrors: shareOfErrors(evidence, (error) => error.kind === kind),
    endpoints: [...new Set(own.map(({ endpoint }) => endpoint))],
    countsByWindow: inWindows,
    ...spanOf(windowsWithCount(evidence, inWindows)),
  };
}

/** How many there were, and that there was not much else. */
export const refusalSignals = (refusals: Refusals, answer: string): (Signal | false)[] => [
  directSignal(
    refusals,
    `${pluralize(refusals.count, 'request')} answered ${answer} (${formatPercent(refusals.share)} of all)`,
  ),
  refusals.shareOfErrors >= NEARLY_ALL_SHARE &&
    supportingSignal(refusals, `that is ${formatPercent(refusals.shareOfErrors)} of the errors`),
];

/** What gets through under a limit varies by less than this part of it from window to window. */
export const MAX_RELATIVE_DEVIATION = 0.25;
/** Of fewer windows nothing is known of what they let through. */
export const MIN_RATE_WINDOWS = 4;

/** What was asked for in a window and what got through, both a second. */
interface WindowRates {
  requests: number;
  refused: number;
  asked: number;
  through: number;
}

/** @param inWindows how much was refused in each window */
export const ratesByWindow = ({ windows }: Evidence, inWindows: readonly number[]): WindowRates[] =>
  windowRows(windows).flatMap(({ requests, seconds }, i) => {
    const refused = inWindows[i] ?? 0;
    return seconds > 0
      ? [{ requests, refused, asked: requests / seconds, through: (requests - refused) / seconds }]
      : [];
  });

/** On average over these windows, and whether as much got through in each of them. */
export function meanRates(some: readonly WindowRates[]) {
  const through = mean(some.map((one) => one.through));
  const deviation = Math.sqrt(mean(some.map((one) => (one.through - through) ** 2)));
  return {
    asked: mean(some.map(({ asked }) => asked)),
    through,
    even: some.length >= MIN_RATE_WINDOWS && deviation <= MAX_RELATIVE_DEVIATION * through,
  };
}
