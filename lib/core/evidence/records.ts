import type { TestPlan } from '../definition/index.ts';
import { sum } from '../numbers/index.ts';
import type { CleanUpFigures, EndpointFigures, LedgerEntry, LedgerFigures } from './result.ts';

type Counts = Record<string, number>;

/** Outcome of removing the records of a run. */
export type RecordRemoval = Pick<CleanUpFigures, 'removed' | 'note'>;

/**
 * Counts of the records that a run created and that were removed. Returns null if the test creates no records.
 *
 * `created` counts acknowledged records. A request without a response may have created a record as well, and background
 * work may create records of other kinds, so more records can be removed than are known to be created.
 */
export function cleanUpFigures(
  { endpoints: planned }: Pick<TestPlan, 'endpoints'>,
  endpoints: readonly EndpointFigures[],
  removal: RecordRemoval,
): CleanUpFigures | null {
  const created: Counts = {};
  for (const { name, creates, toleratedStatuses = [] } of planned) {
    const figures = endpoints.find((endpoint) => endpoint.name === name);
    if (creates === undefined || !figures) continue;
    const tolerated = toleratedStatuses.reduce((sum, status) => sum + (figures.statuses[status] ?? 0), 0);
    const successful = figures.requests - figures.errors - tolerated - totalCount(figures.refusals);
    created[creates] = (created[creates] ?? 0) + Math.max(0, successful);
  }
  return Object.keys(created).length === 0 ? null : { created, ...removal };
}

/** Returns the sum of several counts for each kind of record. */
export function mergeCounts(a: Counts, b: Counts): Counts {
  const merged = { ...a };
  for (const [kind, count] of Object.entries(b)) merged[kind] = (merged[kind] ?? 0) + count;
  return merged;
}

export const totalCount = (counts: Counts): number => sum(Object.values(counts));

/** Records that were created and not removed, by kind; kinds without any are left out. */
export function remainingRecords({ created, removed }: CleanUpFigures): Counts {
  return Object.fromEntries(
    Object.entries(created)
      .map(([kind, count]) => [kind, count - (removed?.[kind] ?? 0)] as const)
      .filter(([, count]) => count > 0),
  );
}

/** Records of one kind that the target found after a run. */
export interface FoundRecords {
  /** Records with all of their related data. */
  complete: number;
  /** Partially written records: some of their related data is missing. */
  incomplete: number;
  /** Surplus copies among the records above. */
  duplicates: number;
}

export const NO_RECORDS_FOUND: FoundRecords = { complete: 0, incomplete: 0, duplicates: 0 };

/**
 * Compares acknowledged records with the records found after the run.
 *
 * Requests without a response may have created records that were never acknowledged. Such records can compensate for
 * lost records in the counts, so `lost` is a lower bound.
 * @param created acknowledged records by kind
 * @param planned all endpoints of the test, including those that create no records
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

/** Returns the number of records that are lost, incomplete or duplicated. */
export const damagedCount = ({ lost, incomplete, duplicates }: LedgerEntry): number => lost + incomplete + duplicates;
