import type { Evidence } from '../../evidence/index.ts';
import type { ErrorKind } from '../../metrics/index.ts';
import { count, formatPercent } from '../../numbers/index.ts';
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
