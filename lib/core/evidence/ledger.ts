import type { TestPlan } from '../definition/index.ts';
import type { LedgerEntry, LedgerFigures } from './result.ts';

/** Records of one kind that a run has created, as its target found them. */
export interface LedgerCount {
  /** With all that belongs to them. */
  complete: number;
  /** Half-written: something that belongs to them is not there. */
  incomplete: number;
  /** Of all of these, those that are there once more. */
  duplicates: number;
}

export const EMPTY_COUNT: LedgerCount = { complete: 0, incomplete: 0, duplicates: 0 };

/**
 * Holds what was acknowledged against what was found.
 *
 * Where requests got no answer, records can be there that nobody acknowledged. They may stand in for lost ones, so that
 * what is lost is then the least that can be.
 * @param created by kind, right answers
 * @param planned endpoints, of which some create records
 */
export function ledgerFigures(
  created: Readonly<Record<string, number>>,
  found: Readonly<Record<string, LedgerCount>>,
  planned: TestPlan['endpoints'],
): LedgerFigures {
  return Object.fromEntries(
    Object.entries(created).map(([kind, acknowledged]) => {
      const count = found[kind] ?? EMPTY_COUNT;
      const distinct = count.complete + count.incomplete - count.duplicates;
      const endpoints = planned.filter(({ creates }) => creates === kind).map(({ name }) => name);
      return [kind, { acknowledged, ...count, lost: Math.max(0, acknowledged - distinct), endpoints }];
    }),
  );
}

/** Records that are not as they were acknowledged. */
export const damageOf = ({ lost, incomplete, duplicates }: LedgerEntry): number =>
  lost + incomplete + duplicates;
