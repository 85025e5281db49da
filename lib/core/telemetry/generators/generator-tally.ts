import type { GeneratorWindow, TelemetryPeriod, Window } from '../windows.ts';

/** The telemetry of one of several generators, added up. */
export interface GeneratorTotals extends TelemetryPeriod {
  requests: number;
  iterations: number;
  droppedIterations: number;
  vusMax: number;
  overflowed: boolean;
  /** Number of windows that closed before all data of this generator had arrived. */
  lateWindows: number;
}

/** Adds up the windows of a run, separately for each generator. */
export class GeneratorTally {
  readonly #totals = new Map<string, GeneratorTotals>();

  add({ generators = {} }: Window): void {
    for (const [name, window] of Object.entries(generators))
      this.#totals.set(name, added(this.#totals.get(name) ?? { ...window, ...ZERO }, window));
  }

  /** Returns null if no telemetry of this generator arrived. */
  totalsOf(name: string): GeneratorTotals | null {
    return this.#totals.get(name) ?? null;
  }
}

const ZERO = { requests: 0, iterations: 0, droppedIterations: 0, vusMax: 0, lateWindows: 0 };

const added = (totals: GeneratorTotals, window: GeneratorWindow): GeneratorTotals => ({
  startMs: Math.min(totals.startMs, window.startMs),
  endMs: Math.max(totals.endMs, window.endMs),
  requests: totals.requests + window.requests,
  iterations: totals.iterations + window.iterations,
  droppedIterations: totals.droppedIterations + window.droppedIterations,
  vusMax: Math.max(totals.vusMax, window.vus),
  overflowed: totals.overflowed || window.overflowed,
  lateWindows: totals.lateWindows + Number(window.late),
});
