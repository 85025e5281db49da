import type { CriterionOf } from '../criterion.ts';
import { critical, NONE } from './promise.ts';

/** Whatever was acknowledged is there, whole and once. Takes a product that says how its records are counted. */
export function nothingLost(): CriterionOf<'damaged-records'> {
  return critical(NONE, 'count', {
    id: 'nothing-lost',
    title: 'records lost, half-written or doubled',
    measure: { kind: 'damaged-records' },
    minSamples: 1,
  });
}
