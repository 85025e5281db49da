import { closedPeakVUs } from '../../lib/core/definition/index.ts';
import {
  cleanUpFigures,
  type Evidence,
  type FoundRecords,
  type GeneratorFigures,
  ledgerFigures,
  RESULT_VERSION,
  type RecordRemoval,
  type Result,
  type RunOutcome,
} from '../../lib/core/evidence/index.ts';
import { diagnose, judge, judgeCriterion, withAssessments } from '../../lib/core/judging/index.ts';
import {
  combinedK6Totals,
  type GeneratorExit,
  generatorFigures,
  type Summary,
} from '../../lib/core/telemetry/index.ts';
import { columnsOf, GENERATOR_PROBE, samplesOfAll, samplesOfOne } from '../probes/sampling.ts';
import { fingerprintOf } from './fingerprint.ts';
import type { RunStart } from './run-folder.ts';
import type { RunMeasurements } from './run-measurements.ts';

export interface ResultInputs {
  start: RunStart;
  outcome: RunOutcome;
  outcomeReason: string | null;
  measurements: RunMeasurements;
  /** k6's own, where one did the whole test. */
  summary: Summary | null;
  /** How each of several ended; absent where there is one. */
  generators?: readonly GeneratorExit[];
  details: Evidence['details'];
  notes: string[];
  /** Absent where nothing has been removed, and nothing is to be said of it. */
  removal?: RecordRemoval;
  /** What the target has of the records that the run created; absent where nobody has counted them. */
  ledgerCounts?: Readonly<Record<string, FoundRecords>> | null;
}

/** The result of a run: what was measured, judged, diagnosed. The same from memory as from the files of a run that died. */
export function assembleResult(harvest: ResultInputs): Result {
  const evidence = evidenceOf(harvest);
  const criteria = harvest.start.plan.criteria.map((criterion) => judgeCriterion(evidence, criterion));
  const diagnosis = diagnose(evidence, criteria);
  return withAssessments({
    schemaVersion: RESULT_VERSION,
    ...evidence,
    criteria,
    diagnosis,
    verdict: judge(evidence, criteria, diagnosis),
  });
}

function evidenceOf({
  start,
  outcome,
  outcomeReason,
  measurements: record,
  summary,
  generators,
  details,
  notes,
  removal = { removed: null, note: null },
  ledgerCounts: found,
}: ResultInputs): Evidence {
  const { plan, run } = start;
  const counted = combinedK6Totals(generators ?? [{ summary }]);
  const { droppedIterations, vusMax, overflowed, ...measured } = record.figures(summary, counted);
  const startMs = record.span?.startMs ?? Date.parse(run.startedAt);
  const durationMs = counted.durationMs ?? Math.max(0, (record.span?.endMs ?? startMs) - startMs);
  const { [GENERATOR_PROBE]: generatorSamples = columnsOf([], startMs), ...resources } =
    record.samplesByProbe(startMs);
  const cleanup = cleanUpFigures(plan, measured.endpoints, removal);
  const several =
    generators &&
    generatorFigures({
      ends: generators,
      roll: record.generatorActivity,
      workload: plan.workload,
      samples: (name) => samplesOfOne(generatorSamples, name),
      startMs,
    });
  return {
    run: {
      ...run,
      startedAt: new Date(startMs).toISOString(),
      endedAt: new Date(startMs + durationMs).toISOString(),
      durationMs,
      outcome,
      outcomeReason,
      partial: counted.requests === null,
      notes: [...notes, ...(several ?? []).flatMap(lateNotes)],
    },
    fingerprint: fingerprintOf(plan, run.versions.k6),
    ...measured,
    resources,
    details,
    generator: {
      droppedIterations,
      vusMax,
      vusPlanned: closedPeakVUs(plan.workload),
      requestsByK6: counted.requests,
      telemetryOverflowed: overflowed,
      samples: several ? samplesOfAll(generatorSamples) : generatorSamples,
    },
    ...(several && { generators: several }),
    cleanup,
    ...(cleanup && found && { ledger: ledgerFigures(cleanup.created, found, plan.endpoints) }),
  };
}

/** Nothing is lost by it, and no phase has another's requests: only the figures over time are. */
function lateNotes({ name, lateWindows }: GeneratorFigures): string[] {
  return lateWindows === 0
    ? []
    : [
        `telemetry of ${name} came late ${lateWindows === 1 ? 'once' : `${lateWindows} times`}: over time, its requests are counted after they were sent`,
      ];
}
