import type { Workload } from '../../definition/index.ts';
import type { GeneratorFigures, RunOutcome, Samples } from '../../evidence/index.ts';
import { sum } from '../../numbers/index.ts';
import type { Summary } from '../summary.ts';
import { plannedVUs } from './execution-segments.ts';
import type { GeneratorTally } from './generator-tally.ts';

/** How one of several generators ended, as whoever ran it saw it. */
export interface GeneratorExit {
  name: string;
  outcome: RunOutcome;
  reason: string | null;
  /** Its own, of its part of the test; null where it wrote none. */
  summary: Summary | null;
}

/** Each by what it told of itself, in its telemetry as it went and in its summary at the end. */
export function generatorFigures({
  ends,
  roll,
  workload,
  samples,
  startMs,
}: {
  /** In the order of their parts of the test. */
  ends: readonly GeneratorExit[];
  roll: GeneratorTally;
  workload: Workload;
  /** Of its CPU and memory. */
  samples: (name: string) => Samples;
  /** Of the run. */
  startMs: number;
}): GeneratorFigures[] {
  return ends.map(({ name, outcome, reason, summary }, index) => {
    const seen = roll.totalsOf(name);
    return {
      name,
      outcome,
      outcomeReason: reason,
      startMs: seen && seen.startMs - startMs,
      endMs: seen && seen.endMs - startMs,
      durationMs: summary?.durationMs ?? null,
      requests: seen?.requests ?? 0,
      iterations: seen?.iterations ?? 0,
      lateWindows: seen?.lateWindows ?? 0,
      droppedIterations: seen?.droppedIterations ?? 0,
      vusMax: Math.max(seen?.vusMax ?? 0, summary?.vusMax ?? 0),
      vusPlanned: plannedVUs(workload, { index, count: ends.length }),
      requestsByK6: summary?.requests ?? null,
      telemetryOverflowed: seen?.overflowed ?? false,
      samples: samples(name),
    };
  });
}

/** The gravest first: what one of them ended with, the run did. */
const GRAVITY: readonly RunOutcome[] = ['interrupted', 'crashed', 'aborted', 'completed'];

/** How several ended, as one; by name, unless the same is true of all. */
export function combinedExit(
  ends: readonly Omit<GeneratorExit, 'summary'>[],
): Pick<GeneratorExit, 'outcome' | 'reason'> {
  const outcome = GRAVITY.find((one) => ends.some((end) => end.outcome === one)) ?? 'completed';
  const alike = ends.filter((end) => end.outcome === outcome && end.reason !== null);
  const told = [...new Set(alike.map(({ reason }) => reason))].map((reason) => {
    const names = alike.filter((end) => end.reason === reason).map(({ name }) => name);
    return names.length === ends.length ? reason : `${names.join(', ')}: ${reason}`;
  });
  return { outcome, reason: told.length === 0 ? null : told.join('; ') };
}

/** What generators counted themselves, together. */
export interface K6Totals {
  /** Of the longest of them; null unless each wrote its summary. */
  durationMs: number | null;
  vusMax: number;
  /** Null unless each wrote its summary. */
  requests: number | null;
}

export function combinedK6Totals(ends: readonly Pick<GeneratorExit, 'summary'>[]): K6Totals {
  const summaries = ends.flatMap(({ summary }) => summary ?? []);
  const whole = summaries.length === ends.length;
  return {
    durationMs: whole ? Math.max(...summaries.map(({ durationMs }) => durationMs)) : null,
    vusMax: sum(summaries.map(({ vusMax }) => vusMax)),
    requests: whole ? sum(summaries.map(({ requests }) => requests)) : null,
  };
}

/** Those whose telemetry has not told yet of all that they counted themselves: at the end they are waited for. */
export const awaited = (ends: readonly GeneratorExit[], roll: GeneratorTally): string[] =>
  ends
    .filter(
      ({ name, summary }) => summary !== null && (roll.totalsOf(name)?.requests ?? 0) < summary.requests,
    )
    .map(({ name }) => name);
