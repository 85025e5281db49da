import type { Evidence, Result } from '../../lib/core/evidence/index.ts';
import type { SettledRecords } from '../records/after-run.ts';
import { assemble } from '../results/assemble.ts';
import { Problem } from '../support/problem.ts';
import type { Generators } from './generators.ts';
import type { K6Exit } from './k6-process.ts';
import type { Recording } from './recording.ts';

export interface RunReport {
  result: Result;
  folder: string;
  /** Why the result could not be written: the verdict is there all the same. */
  unwritten: Problem | null;
}

interface Ended extends K6Exit, SettledRecords {
  details: Evidence['details'];
}

/** Assembles the result of a run whose load has ended, and writes it into the folder of the run. */
export async function leaveResult(
  { start, record, folder, notes }: Recording,
  generators: Generators,
  { outcome, reason, details, removal, found }: Ended,
): Promise<RunReport> {
  const several = start.generators !== undefined;
  const result = assemble({
    start,
    outcome,
    outcomeReason: reason,
    record,
    summary: several ? null : await folder.readSummary(),
    ...(several && {
      generators: await Promise.all(
        (await generators.ends).map(async (end) => ({ ...end, summary: await folder.readSummary(end.name) })),
      ),
    }),
    details,
    notes,
    removal,
    found,
  });
  const unwritten = await folder.writeResult(result).then(
    () => null,
    (error: unknown) => {
      if (error instanceof Problem) return error;
      throw error;
    },
  );
  return { result, folder: folder.path, unwritten };
}
