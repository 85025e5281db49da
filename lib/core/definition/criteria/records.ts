import type { CriterionOf } from '../criterion.ts';
import { critical, NONE } from './promise.ts';

/**
 * Every record that the target acknowledged exists once, and is complete. It has data only where the product has a
 * `ledger`.
 */
export function nothingLost(): CriterionOf<'damaged-records'> {
  return critical(NONE, 'count', {
    id: 'nothing-lost',
    title: 'records lost, half-written or doubled',
    measure: { kind: 'damaged-records' },
    minSamples: 1,
  });
}
