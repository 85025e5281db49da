import type { GeneratorWindow, TelemetryPeriod, Window } from '../windows.ts';

/** All that one of several generators is known for by its telemetry. Instants in ms since the epoch. */
export interface GeneratorTotals extends TelemetryPeriod {
  requests: number;
  iterations: number;
  droppedIterations: number;
  vusMax: number;
  overflowed: boolean;
  /** Windows that others had closed before all of its share had come. */
  lateWindows: number;
}

/** Who did what, added up from merged windows as they come, or from the file that they were written to. */
export class GeneratorTally {
  readonly #seen = new Map<string, GeneratorTotals>();

  add({ generators = {} }: Window): void {
    for (const [name, share] of Object.entries(generators))
      this.#seen.set(name, added(this.#seen.get(name) ?? { ...share, ...NOTHING }, share));
  }

  /** Null where no telemetry of it came at all. */
  totalsOf(name: string): GeneratorTotals | null {
    return this.#seen.get(name) ?? null;
  }
}

const NOTHING = { requests: 0, iterations: 0, droppedIterations: 0, vusMax: 0, lateWindows: 0 };

const added = (seen: GeneratorTotals, share: GeneratorWindow): GeneratorTotals => ({
  startMs: Math.min(seen.startMs, share.startMs),
  endMs: Math.max(seen.endMs, share.endMs),
  requests: seen.requests + share.requests,
  iterations: seen.iterations + share.iterations,
  droppedIterations: seen.droppedIterations + share.droppedIterations,
  vusMax: Math.max(seen.vusMax, share.vus),
  overflowed: seen.overflowed || share.overflowed,
  lateWindows: seen.lateWindows + Number(share.late),
});
