import { figures } from '../../lib/core/figures.ts';
import { judge, judgeCriterion } from '../../lib/core/judge.ts';
import { type Evidence, RESULT_VERSION, type Result, type RunOutcome } from '../../lib/core/result.ts';
import type { Summary } from '../../lib/core/summary.ts';
import type { Window } from '../../lib/core/windows.ts';
import { closedPeakVUs } from '../../lib/core/workloads.ts';
import type { RunStart } from '../results/store.ts';
import { fingerprint } from './fingerprint.ts';
import { columnsOf, GENERATOR_PROBE, type RunSample } from './sampling.ts';

/** Everything that a run left behind. */
export interface Harvest {
  start: RunStart;
  outcome: RunOutcome;
  outcomeReason: string | null;
  windows: readonly Window[];
  samples: readonly RunSample[];
  summary: Summary | null;
  notes: string[];
}

/** The result of a run: what was measured, judged. The same from memory as from the files of a run that died. */
export function assemble(harvest: Harvest): Result {
  const evidence = evidenceOf(harvest);
  const criteria = harvest.start.plan.criteria.map((criterion) => judgeCriterion(evidence, criterion));
  return {
    schemaVersion: RESULT_VERSION,
    ...evidence,
    criteria,
    diagnosis: [],
    verdict: judge(evidence, criteria),
  };
}

function evidenceOf({ start, outcome, outcomeReason, windows, samples, summary, notes }: Harvest): Evidence {
  const { plan, run } = start;
  const { droppedIterations, vusMax, overflowed, ...measured } = figures(plan, windows, summary);
  const startMs = windows[0]?.startMs ?? Date.parse(run.startedAt);
  const durationMs = summary?.durationMs ?? Math.max(0, (windows.at(-1)?.endMs ?? startMs) - startMs);
  const probes = Map.groupBy(samples, ({ probe }) => probe);
  const generatorSamples = columnsOf(probes.get(GENERATOR_PROBE) ?? [], startMs);
  probes.delete(GENERATOR_PROBE);
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
    resources: Object.fromEntries([...probes].map(([probe, own]) => [probe, columnsOf(own, startMs)])),
    details: { postgresql: null, redis: null },
    generator: {
      droppedIterations,
      vusMax,
      vusPlanned: closedPeakVUs(plan.workload),
      requestsByK6: summary?.requests ?? null,
      telemetryOverflowed: overflowed,
      samples: generatorSamples,
    },
  };
}
