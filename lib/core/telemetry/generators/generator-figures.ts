import type { Workload } from '../../definition/index.ts';
import type { GeneratorFigures, RunOutcome, Samples } from '../../evidence/index.ts';
import { sum } from '../../numbers/index.ts';
import type { Summary } from '../summary.ts';
import { plannedVUs } from './execution-segments.ts';
import type { GeneratorTally } from './generator-tally.ts';

/** How the process of one of several generators ended. */
export interface GeneratorExit {
  name: string;
  outcome: RunOutcome;
  reason: string | null;
  /** The summary that the generator wrote; null if it wrote none. */
  summary: Summary | null;
}

/** The figures of each generator, from its telemetry and from the summary that it wrote at its end. */
export function generatorFigures({
  exits,
  tally,
  workload,
  samples,
  startMs,
}: {
  /** In the order of their segments. */
  exits: readonly GeneratorExit[];
  tally: GeneratorTally;
  workload: Workload;
  /** Returns the samples of a generator's CPU and memory. */
  samples: (name: string) => Samples;
  /** Start of the run, in ms since the epoch. */
  startMs: number;
}): GeneratorFigures[] {
  return exits.map(({ name, outcome, reason, summary }, index) => {
    const totals = tally.totalsOf(name);
    return {
      name,
      outcome,
      outcomeReason: reason,
      startMs: totals && totals.startMs - startMs,
      endMs: totals && totals.endMs - startMs,
      durationMs: summary?.durationMs ?? null,
      requests: totals?.requests ?? 0,
      iterations: totals?.iterations ?? 0,
      lateWindows: totals?.lateWindows ?? 0,
      droppedIterations: totals?.droppedIterations ?? 0,
      vusMax: Math.max(totals?.vusMax ?? 0, summary?.vusMax ?? 0),
      vusPlanned: plannedVUs(workload, { index, count: exits.length }),
      requestsByK6: summary?.requests ?? null,
      telemetryOverflowed: totals?.overflowed ?? false,
      samples: samples(name),
    };
  });
}

/** Outcomes by precedence: a run has the first outcome in this list that any of its generators has. */
const PRECEDENCE: readonly RunOutcome[] = ['interrupted', 'crashed', 'aborted', 'completed'];

/**
 * The outcome of a run of several generators. Reasons include the names of their generators unless all share the
 * reason.
 */
export function combinedExit(
  exits: readonly Omit<GeneratorExit, 'summary'>[],
): Pick<GeneratorExit, 'outcome' | 'reason'> {
  const outcome = PRECEDENCE.find((candidate) => exits.some((exit) => exit.outcome === candidate)) ?? 'completed';
  const explained = exits.filter((exit) => exit.outcome === outcome && exit.reason !== null);
  const reasons = [...new Set(explained.map(({ reason }) => reason))].map((reason) => {
    const names = explained.filter((exit) => exit.reason === reason).map(({ name }) => name);
    return names.length === exits.length ? reason : `${names.join(', ')}: ${reason}`;
  });
  return { outcome, reason: reasons.length === 0 ? null : reasons.join('; ') };
}

/** Totals over the summaries of all generators. */
export interface K6Totals {
  /** Duration of the longest generator; null unless all generators wrote a summary. */
  durationMs: number | null;
  vusMax: number;
  /** Null unless every generator wrote a summary. */
  requests: number | null;
}

export function combinedK6Totals(exits: readonly Pick<GeneratorExit, 'summary'>[]): K6Totals {
  const summaries = exits.flatMap(({ summary }) => summary ?? []);
  const isComplete = summaries.length === exits.length;
  return {
    durationMs: isComplete ? Math.max(...summaries.map(({ durationMs }) => durationMs)) : null,
    vusMax: sum(summaries.map(({ vusMax }) => vusMax)),
    requests: isComplete ? sum(summaries.map(({ requests }) => requests)) : null,
  };
}
