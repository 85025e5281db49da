import { cleanUpFigures, type Removal } from '../../lib/core/cleanup.ts';
import { diagnose } from '../../lib/core/diagnosis/index.ts';
import { judge, judgeCriterion } from '../../lib/core/judge.ts';
import { type LedgerCount, ledgerFigures } from '../../lib/core/ledger.ts';
import { type Evidence, RESULT_VERSION, type Result, type RunOutcome } from '../../lib/core/result.ts';
import type { Summary } from '../../lib/core/summary.ts';
import { closedPeakVUs } from '../../lib/core/workloads.ts';
import type { RunStart } from '../results/store.ts';
import { fingerprint } from './fingerprint.ts';
import type { RunRecord } from './record.ts';
import { columnsOf, GENERATOR_PROBE } from './sampling.ts';

/** Everything that a run left behind. */
export interface Harvest {
  start: RunStart;
  outcome: RunOutcome;
  outcomeReason: string | null;
  record: RunRecord;
  summary: Summary | null;
  details: Evidence['details'];
  notes: string[];
  /** Absent where nothing has been removed, and nothing is to be said of it. */
  removal?: Removal;
  /** What the target has of the records that the run created; absent where nobody has counted them. */
  found?: Readonly<Record<string, LedgerCount>> | null;
}

/** The result of a run: what was measured, judged, diagnosed. The same from memory as from the files of a run that died. */
export function assemble(harvest: Harvest): Result {
  const evidence = evidenceOf(harvest);
  const criteria = harvest.start.plan.criteria.map((criterion) => judgeCriterion(evidence, criterion));
  const diagnosis = diagnose(evidence, criteria);
  return {
    schemaVersion: RESULT_VERSION,
    ...evidence,
    criteria,
    diagnosis,
    verdict: judge(evidence, criteria, diagnosis),
  };
}

function evidenceOf({
  start,
  outcome,
  outcomeReason,
  record,
  summary,
  details,
  notes,
  removal = { removed: null, note: null },
  found,
}: Harvest): Evidence {
  const { plan, run } = start;
  const { droppedIterations, vusMax, overflowed, ...measured } = record.figures(summary);
  const startMs = record.span?.startMs ?? Date.parse(run.startedAt);
  const durationMs = summary?.durationMs ?? Math.max(0, (record.span?.endMs ?? startMs) - startMs);
  const { [GENERATOR_PROBE]: generatorSamples = columnsOf([], startMs), ...resources } =
    record.samplesByProbe(startMs);
  const cleanup = cleanUpFigures(plan, measured.endpoints, removal);
  return {
    run: {
      ...run,
      startedAt: new Date(startMs).toISOString(),
      endedAt: new Date(startMs + durationMs).toISOString(),
      durationMs,
      outcome,
      outcomeReason,
      partial: summary === null,
      notes,
    },
    fingerprint: fingerprint(plan, run.versions.k6),
    ...measured,
    resources,
    details,
    generator: {
      droppedIterations,
      vusMax,
      vusPlanned: closedPeakVUs(plan.workload),
      requestsByK6: summary?.requests ?? null,
      telemetryOverflowed: overflowed,
      samples: generatorSamples,
    },
    cleanup,
    ...(cleanup && found && { ledger: ledgerFigures(cleanup.created, found, plan.endpoints) }),
  };
}
