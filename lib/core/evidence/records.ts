import type { TestPlan } from '../definition/index.ts';
import { sum } from '../numbers/index.ts';
import type { CleanUpFigures, EndpointFigures, LedgerEntry, LedgerFigures } from './result.ts';

type Counts = Record<string, number>;

/** What has become of the records of a run. */
export type RecordRemoval = Pick<CleanUpFigures, 'removed' | 'note'>;

/**
 * Records that a run has created and that were removed; null where its tests create none.
 *
 * Created is what was acknowledged: a request that got no answer may have created a record too, and work that goes on
 * behind an answer may create records of other kinds. More can be removed, so, than is known to be created.
 */
export function cleanUpFigures(
  { endpoints: planned }: Pick<TestPlan, 'endpoints'>,
  endpoints: readonly EndpointFigures[],
  removal: RecordRemoval,
): CleanUpFigures | null {
  const created: Counts = {};
  for (const { name, creates, toleratedStatuses = [] } of planned) {
    const figures = endpoints.find((one) => one.name === name);
    if (creates === undefined || !figures) continue;
    const tolerated = toleratedStatuses.reduce((sum, status) => sum + (figures.statuses[status] ?? 0), 0);
    const right = figures.requests - figures.errors - tolerated - totalCount(figures.refusals);
    created[creates] = (created[creates] ?? 0) + Math.max(0, right);
  }
  return Object.keys(created).length === 0 ? null : { created, ...removal };
}

/** Counts by kind, added up. */
export function mergeCounts(one: Counts, other: Counts): Counts {
  const both = { ...one };
  for (const [kind, count] of Object.entries(other)) both[kind] = (both[kind] ?? 0) + count;
  return both;
}

export const totalCount = (counts: Counts): number => sum(Object.values(counts));

/** Kinds of which fewer records were removed than were created. */
export function remainingRecords({ created, removed }: CleanUpFigures): Counts {
  return Object.fromEntries(
    Object.entries(created)
      .map(([kind, count]) => [kind, count - (removed?.[kind] ?? 0)] as const)
      .filter(([, count]) => count > 0),
  );
}

/** Records of one kind that a run has created, as its target found them. */
export interface FoundRecords {
  /** With all that belongs to them. */
  complete: number;
  /** Half-written: something that belongs to them is not there. */
  incomplete: number;
  /** Of all of these, those that are there once more. */
  duplicates: number;
}

export const NO_RECORDS_FOUND: FoundRecords = { complete: 0, incomplete: 0, duplicates: 0 };

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
  found: Readonly<Record<string, FoundRecords>>,
  planned: TestPlan['endpoints'],
): LedgerFigures {
  return Object.fromEntries(
    Object.entries(created).map(([kind, acknowledged]) => {
      const count = found[kind] ?? NO_RECORDS_FOUND;
      const distinct = count.complete + count.incomplete - count.duplicates;
      const endpoints = planned.filter(({ creates }) => creates === kind).map(({ name }) => name);
      return [kind, { acknowledged, ...count, lost: Math.max(0, acknowledged - distinct), endpoints }];
    }),
  );
}

/** Records that are not as they were acknowledged. */
export const damagedCount = ({ lost, incomplete, duplicates }: LedgerEntry): number =>
  lost + incomplete + duplicates;
