import type { Evidence } from '../../evidence/index.ts';
import { formatMs } from '../../numbers/index.ts';
import { fits, type Signal } from './rule.ts';
import { insideAndOutside, type Stretch, spanOf } from './stretches.ts';

/** Responses this many times as slow are slower for something, and not by chance. */
const SLOWER = 1.5;
const FEWEST_REQUESTS = 20;

/** That responses were slower while something was at work than at other times; null where all of the run was so. */
export function slowerWhile(evidence: Evidence, stretches: readonly Stretch[]): Signal | null {
  const { inside, outside } = insideAndOutside(evidence, stretches);
  const tells = Math.min(inside.requests, outside.requests) >= FEWEST_REQUESTS;
  if (!tells || inside.meanMs < SLOWER * outside.meanMs) return null;
  return fits(
    spanOf(stretches),
    `responses took ${formatMs(inside.meanMs)} on average meanwhile, and ${formatMs(outside.meanMs)} at other times`,
  );
}
