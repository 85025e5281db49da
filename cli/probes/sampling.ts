import type { ProbeName, Samples } from '../../lib/core/evidence/index.ts';
import type { TelemetryPeriod } from '../../lib/core/telemetry/index.ts';
import { causeOf } from '../support/network.ts';

/** The name of the load generator in stored samples, in place of a probe name. */
export const GENERATOR_PROBE = 'generator';
export type SampledProbe = ProbeName | typeof GENERATOR_PROBE;

/** One sample of one probe; `atMs` is in ms since the epoch. */
export interface RunSample {
  probe: SampledProbe;
  atMs: number;
  values: Record<string, number | null>;
}

export interface Sampler extends AsyncDisposable {
  /** Takes a sample now. */
  sample(): Promise<void>;
}

/**
 * Samples a probe at even intervals. If several samples in a row fail, reports only the first failure. Failed samples
 * leave a gap in the data, but do not end the run.
 */
export function sampleRegularly(
  probe: SampledProbe,
  takeSample: () => Promise<Record<string, number | null>>,
  intervalMs: number,
  {
    onSample,
    onSilent,
  }: { onSample: (sample: RunSample) => void; onSilent: (probe: SampledProbe, reason: string) => void },
): Sampler {
  let silent = false;
  let pending: Promise<void> | null = null;

  const sample = () => {
    pending ??= sampleNow().finally(() => {
      pending = null;
    });
    return pending;
  };
  const sampleNow = async () => {
    const atMs = Date.now();
    try {
      onSample({ probe, atMs, values: await takeSample() });
      silent = false;
    } catch (error) {
      if (!silent) onSilent(probe, causeOf(error));
      silent = true;
    }
  };
  const timer = setInterval(sample, intervalMs);
  return {
    sample,
    /** When disposed, waits for the sample in progress, and then takes no more samples. */
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await pending;
    },
  };
}

/**
 * The maximum number of samples per probe during the load. All samples of a run of 2 h are kept, at intervals of 5 s.
 * In a run of 8 h, every fourth sample is kept: one per 20 s.
 */
export const MAX_SAMPLES = 1500;

/**
 * The samples of one probe, in order of time. Whenever there are too many samples during the load, every second one is
 * dropped. Samples before and after the load are all kept. Samples are not averaged, so that counters stay exact and
 * all columns of a sample have the same time.
 */
export class ThinnedSamples {
  readonly #before: RunSample[] = [];
  #during: RunSample[] = [];
  /**
   * Samples that are later than the known period of the load. Once the load has ended, these are the samples after the
   * load.
   */
  #later: RunSample[] = [];
  #added = 0;
  #keepEvery = 1;

  add(sample: RunSample): void {
    this.#later.push(sample);
  }

  /** Drops samples if there are too many during the load. @param load the period of the load so far */
  settle(load: TelemetryPeriod | null): void {
    if (!load) return;
    const settled = this.#later.filter(({ atMs }) => atMs <= load.endMs);
    if (settled.length === 0) return;
    this.#later = this.#later.filter(({ atMs }) => atMs > load.endMs);
    for (const sample of settled) {
      if (sample.atMs < load.startMs) this.#before.push(sample);
      else this.#keepSome(sample);
    }
  }

  rows(): RunSample[] {
    return [...this.#before, ...this.#during, ...this.#later];
  }

  #keepSome(sample: RunSample): void {
    if (this.#added++ % this.#keepEvery === 0) this.#during.push(sample);
    if (this.#during.length <= MAX_SAMPLES) return;
    this.#during = this.#during.filter((_, i) => i % 2 === 0);
    this.#keepEvery *= 2;
  }
}

/** Converts samples of one probe to columns, with times from the start of the run. */
export function sampleColumns(samples: readonly RunSample[], startMs: number): Samples {
  const names = new Set(samples.flatMap(({ values }) => Object.keys(values)));
  return {
    atMs: samples.map(({ atMs }) => atMs - startMs),
    columns: Object.fromEntries([...names].map((name) => [name, samples.map(({ values }) => values[name] ?? null)])),
  };
}

/** Separates the name of a generator from the name of its column, if there are several generators. */
const SEPARATOR = '.';

/** Combines the samples of several processes on one machine into columns for each process, and columns with totals. */
export function combineSamples(
  samples: Readonly<Record<string, Readonly<Record<string, number | null>>>>,
): Record<string, number | null> {
  const values: Record<string, number | null> = {};
  for (const [name, sample] of Object.entries(samples)) {
    for (const [column, value] of Object.entries(sample)) {
      values[`${name}${SEPARATOR}${column}`] = value;
      if (value !== null) values[column] = (values[column] ?? 0) + value;
    }
  }
  return values;
}

const renameColumns = ({ atMs, columns }: Samples, rename: (column: string) => string | null): Samples => ({
  atMs,
  columns: Object.fromEntries(
    Object.entries(columns).flatMap(([column, values]) => {
      const name = rename(column);
      return name === null ? [] : [[name, values]];
    }),
  ),
});

/** Returns the columns that contain totals over all generators. */
export const combinedSamples = (samples: Samples): Samples =>
  renameColumns(samples, (column) => (column.includes(SEPARATOR) ? null : column));

/** Returns the columns of one generator, without the name of the generator as prefix. */
export const samplesOfGenerator = (samples: Samples, name: string): Samples =>
  renameColumns(samples, (column) =>
    column.startsWith(name + SEPARATOR) ? column.slice(name.length + SEPARATOR.length) : null,
  );
