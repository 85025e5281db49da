import type { TestPlan } from '../../lib/core/definition/index.ts';
import type { Samples } from '../../lib/core/evidence/index.ts';
import {
  GeneratorTally,
  type RunFigures,
  RunTally,
  type TelemetryPeriod,
  type Window,
} from '../../lib/core/telemetry/index.ts';
import { type RunSample, type SampledProbe, sampleColumns, ThinnedSamples } from '../probes/sampling.ts';

/**
 * The measurements of a run so far. Their size in memory does not grow with the duration of the run. Windows and
 * samples come from a run in progress, or from the files of a run whose runner died. The measurements are the same in
 * both cases.
 */
export class RunMeasurements {
  readonly #tally: RunTally;
  /** The measurements of each generator, if the run has several generators. */
  readonly generatorActivity = new GeneratorTally();
  readonly #samples = new Map<SampledProbe, ThinnedSamples>();

  constructor(plan: TestPlan) {
    this.#tally = new RunTally(plan);
  }

  /** The period that the windows cover. Null until the first window is complete. */
  get span(): TelemetryPeriod | null {
    return this.#tally.period;
  }

  addWindow(window: Window): void {
    this.#tally.add(window);
    this.generatorActivity.add(window);
    for (const samples of this.#samples.values()) samples.settle(this.#tally.period);
  }

  addSample(sample: RunSample): void {
    const samples = this.#samples.get(sample.probe) ?? new ThinnedSamples();
    this.#samples.set(sample.probe, samples);
    samples.add(sample);
    samples.settle(this.#tally.period);
  }

  figures(...known: Parameters<RunTally['figures']>): RunFigures {
    return this.#tally.figures(...known);
  }

  /**
   * The samples of one probe. If there are too many, samples are removed evenly, but never the first or the last
   * sample.
   */
  samplesOf(probe: SampledProbe): RunSample[] {
    return this.#samples.get(probe)?.rows() ?? [];
  }

  /** Returns the samples of every probe. Their times count from `startMs`. */
  samplesByProbe(startMs: number): Partial<Record<SampledProbe, Samples>> {
    return Object.fromEntries(
      [...this.#samples].map(([probe, samples]) => [probe, sampleColumns(samples.rows(), startMs)]),
    );
  }
}
