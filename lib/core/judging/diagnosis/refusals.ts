import { type Evidence, windowRows } from '../../evidence/index.ts';
import type { ErrorKind } from '../../metrics/index.ts';
import { count, formatPercent, mean } from '../../numbers/index.ts';
import { NEARLY_ALL, shareOfErrors } from './effects.ts';
import { countOf } from './journeys.ts';
import { fits, type Signal, says } from './rule.ts';
import { type Stretch, spanOf, windowsWith } from './stretches.ts';

const FEWEST = 10;
const LEAST_SHARE = 0.01;

export interface Refusals extends Stretch {
  count: number;
  /** Of all requests. */
  share: number;
  /** Of all errors. */
  ofErrors: number;
  endpoints: string[];
  /** By window. */
  inWindows: number[];
}

/** Unexpected answers of one kind; null where there are too few to be a cause. Refusals that a test wants are none. */
export function refusalsOf(evidence: Evidence, kind: ErrorKind): Refusals | null {
  const own = evidence.errors.filter((error) => error.kind === kind);
  const refused = countOf(own);
  const share = refused / Math.max(1, evidence.totals.requests);
  if (refused < FEWEST || share < LEAST_SHARE) return null;
  const inWindows = evidence.windows.errorsByKind[kind] ?? [];
  return {
    count: refused,
    share,
    ofErrors: shareOfErrors(evidence, (error) => error.kind === kind),
    endpoints: [...new Set(own.map(({ endpoint }) => endpoint))],
    inWindows,
    ...spanOf(windowsWith(evidence, inWindows)),
  };
}

/** How many there were, and that there was not much else. */
export const refusalSignals = (refusals: Refusals, answer: string): (Signal | false)[] => [
  says(
    refusals,
    `${count(refusals.count, 'request')} answered ${answer} (${formatPercent(refusals.share)} of all)`,
  ),
  refusals.ofErrors >= NEARLY_ALL &&
    fits(refusals, `that is ${formatPercent(refusals.ofErrors)} of the errors`),
];

/** What gets through under a limit varies by less than this part of it from window to window. */
export const EVEN = 0.25;
/** Of fewer windows nothing is known of what they let through. */
export const FEWEST_WINDOWS = 4;

/** What was asked for in a window and what got through, both a second. */
interface Passage {
  requests: number;
  refused: number;
  asked: number;
  through: number;
}

/** @param inWindows how much was refused in each window */
export const passages = ({ windows }: Evidence, inWindows: readonly number[]): Passage[] =>
  windowRows(windows).flatMap(({ requests, seconds }, i) => {
    const refused = inWindows[i] ?? 0;
    return seconds > 0
      ? [{ requests, refused, asked: requests / seconds, through: (requests - refused) / seconds }]
      : [];
  });

/** On average over these windows, and whether as much got through in each of them. */
export function passage(some: readonly Passage[]) {
  const through = mean(some.map((one) => one.through));
  const deviation = Math.sqrt(mean(some.map((one) => (one.through - through) ** 2)));
  return {
    asked: mean(some.map(({ asked }) => asked)),
    through,
    even: some.length >= FEWEST_WINDOWS && deviation <= EVEN * through,
  };
}
