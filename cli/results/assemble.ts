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
import { combinedSamples, GENERATOR_PROBE, sampleColumns, samplesOfGenerator } from '../probes/sampling.ts';
import { fingerprintOf } from './fingerprint.ts';
import type { RunStart } from './run-folder.ts';
import type { RunMeasurements } from './run-measurements.ts';

export interface ResultInputs {
  start: RunStart;
  outcome: RunOutcome;
  outcomeReason: string | null;
  measurements: RunMeasurements;
  /** The summary that k6 wrote. Null if k6 wrote no summary, or if the run had several generators. */
  summary: Summary | null;
  /** How each generator ended. Absent if the run had a single generator. */
  generators?: readonly GeneratorExit[];
  details: Evidence['details'];
  notes: string[];
  /** What the cleanup after the run removed. Absent if there is nothing to report. */
  removal?: RecordRemoval;
  /** The number of records of the run that were found in the target. Absent if the records were not counted. */
  ledgerCounts?: Readonly<Record<string, FoundRecords>> | null;
}

/**
 * Assembles the result of a run: measurements, judged criteria, diagnosis and verdict. The measurements come from the
 * memory of the runner, or from the files of a run whose runner died. The result is the same in both cases.
 */
export function assembleResult(inputs: ResultInputs): Result {
  const evidence = evidenceOf(inputs);
  const criteria = inputs.start.plan.criteria.map((criterion) => judgeCriterion(evidence, criterion));
  const diagnosis = diagnose(evidence, criteria);
  return withAssessments({
    schemaVersion: RESULT_VERSION,
    ...evidence,
    criteria,
    diagnosis,
    disturbances: [],
    exchanges: [],
    verdict: judge(evidence, criteria, diagnosis),
  });
}

function evidenceOf({
  start,
  outcome,
  outcomeReason,
  measurements,
  summary,
  generators,
  details,
  notes,
  removal = { removed: null, note: null },
  ledgerCounts,
}: ResultInputs): Evidence {
  const { plan, run } = start;
  const counted = combinedK6Totals(generators ?? [{ summary }]);
  const { droppedIterations, vusMax, overflowed, ...figures } = measurements.figures(summary, counted);
  const startMs = measurements.span?.startMs ?? Date.parse(run.startedAt);
  const durationMs = counted.durationMs ?? Math.max(0, (measurements.span?.endMs ?? startMs) - startMs);
  const { [GENERATOR_PROBE]: generatorSamples = sampleColumns([], startMs), ...resources } =
    measurements.samplesByProbe(startMs);
  const cleanup = cleanUpFigures(plan, figures.endpoints, removal);
  const generatorResults =
    generators &&
    generatorFigures({
      exits: generators,
      tally: measurements.generatorActivity,
      workload: plan.workload,
      samples: (name) => samplesOfGenerator(generatorSamples, name),
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
      notes: [...notes, ...(generatorResults ?? []).flatMap(lateNotes)],
    },
    fingerprint: fingerprintOf(plan, run.versions.k6),
    ...figures,
    resources,
    details,
    generator: {
      droppedIterations,
      vusMax,
      vusPlanned: closedPeakVUs(plan.workload),
      requestsByK6: counted.requests,
      telemetryOverflowed: overflowed,
      samples: generatorResults ? combinedSamples(generatorSamples) : generatorSamples,
    },
    ...(generatorResults && { generators: generatorResults }),
    cleanup,
    ...(cleanup && ledgerCounts && { ledger: ledgerFigures(cleanup.created, ledgerCounts, plan.endpoints) }),
  };
}

/** Telemetry that arrives late is still complete and counted in the right phase. Only values over time are affected. */
function lateNotes({ name, lateWindows }: GeneratorFigures): string[] {
  return lateWindows === 0
    ? []
    : [
        `telemetry of ${name} arrived late ${lateWindows === 1 ? 'once' : `${lateWindows} times`}, so charts over time show its requests later than they were sent`,
      ];
}
