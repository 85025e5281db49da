import type { CriterionOf } from '../criterion.ts';
import { AT_MOST_ZERO, criticalCriterion } from './limits.ts';

/**
 * Every record that the target acknowledged exists once, and is complete. It has data only where the product has a
 * `ledger`.
 */
export function nothingLost(): CriterionOf<'damaged-records'> {
  return criticalCriterion(AT_MOST_ZERO, 'count', {
    id: 'nothing-lost',
    title: 'records lost, half-written or doubled',
    measure: { kind: 'damaged-records' },
    minSamples: 1,
  });
}
