import type { CriterionOf } from '../criterion.ts';
import { AT_MOST_ZERO, criticalCriterion } from './limits.ts';

/**
 * Requires that no record that the target acknowledged is missing, incomplete or duplicated. The product must have a
 * `ledger`: without one, the criterion has no data.
 */
export function nothingLost(): CriterionOf<'damaged-records'> {
  return criticalCriterion(AT_MOST_ZERO, 'count', {
    id: 'nothing-lost',
    title: 'records lost, half-written or doubled',
    measure: { kind: 'damaged-records' },
    minSamples: 1,
  });
}
