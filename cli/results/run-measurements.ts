import type { TestPlan } from '../../lib/core/definition/index.ts';
import type { Samples } from '../../lib/core/evidence/index.ts';
import {
  GeneratorTally,
  type RunFigures,
  RunTally,
  type TelemetryPeriod,
  type Window,
} from '../../lib/core/telemetry/index.ts';
import { columnsOf, type RunSample, type SampledProbe, ThinnedSamples } from '../probes/sampling.ts';

/**
 * What a run has measured so far, in memory that does not grow with its length. The same whether windows and
 * samples come from a run that goes on or from the files of one that died.
 */
export class RunMeasurements {
  readonly #tally: RunTally;
  /** Who of several generators did what. */
  readonly generatorActivity = new GeneratorTally();
  readonly #samples = new Map<SampledProbe, ThinnedSamples>();

  constructor(plan: TestPlan) {
    this.#tally = new RunTally(plan);
  }

  /** The time that windows tell of; null before the first has closed. */
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

  /** The first and the last sample of a probe are always among them. */
  samplesOf(probe: SampledProbe): RunSample[] {
    return this.#samples.get(probe)?.rows() ?? [];
  }

  /** The samples of every probe, in time from `startMs`. */
  samplesByProbe(startMs: number): Partial<Record<SampledProbe, Samples>> {
    return Object.fromEntries(
      [...this.#samples].map(([probe, samples]) => [probe, columnsOf(samples.rows(), startMs)]),
    );
  }
}
