import type { ProbeName, Samples } from '../../lib/core/evidence/index.ts';
import type { TelemetryPeriod } from '../../lib/core/telemetry/index.ts';
import { causeOf } from '../support/network.ts';

/** The load generator is sampled as what it loads is, and kept apart from it. */
export const GENERATOR_PROBE = 'generator';
export type SampledProbe = ProbeName | typeof GENERATOR_PROBE;

/** One sample of one probe. The instant is in ms since the epoch. */
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
 * Asks a probe at even intervals. A probe that fails says so once and is asked again quietly: while it is silent
 * there is no data, and nothing else happens.
 */
export function sampleRegularly(
  probe: SampledProbe,
  take: () => Promise<Record<string, number | null>>,
  intervalMs: number,
  {
    onSample,
    onSilent,
  }: { onSample: (sample: RunSample) => void; onSilent: (probe: SampledProbe, reason: string) => void },
): Sampler {
  let silent = false;
  let pending: Promise<void> | null = null;

  const sample = () => {
    pending ??= takeOne().finally(() => {
      pending = null;
    });
    return pending;
  };
  const takeOne = async () => {
    const atMs = Date.now();
    try {
      onSample({ probe, atMs, values: await take() });
      silent = false;
    } catch (error) {
      if (!silent) onSilent(probe, causeOf(error));
      silent = true;
    }
  };
  const timer = setInterval(sample, intervalMs);
  return {
    sample,
    /** A sample that is on its way still arrives; after that, none does. */
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await pending;
    },
  };
}

/** Most samples of one probe during the load: 2 h at one every 5 s. Of 8 h every fourth stays, one in 20 s. */
export const MAX_SAMPLES = 1500;

/**
 * Samples of one probe, in the order in which they were taken. Of those during the load every second is dropped
 * whenever there are too many; those before and after it all stay. What stays is as it was seen: counters stay
 * counters, the columns of a sample are of one instant, and the lowest values of a gauge are as low, only seen less
 * often.
 */
export class ThinnedSamples {
  readonly #before: RunSample[] = [];
  #during: RunSample[] = [];
  /** Later than what is known of the load: if it has ended, they are of the time after it. */
  #later: RunSample[] = [];
  #seen = 0;
  #every = 1;

  add(sample: RunSample): void {
    this.#later.push(sample);
  }

  /** @param load how long it has gone on, as far as it is known */
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
    if (this.#seen++ % this.#every === 0) this.#during.push(sample);
    if (this.#during.length <= MAX_SAMPLES) return;
    this.#during = this.#during.filter((_, i) => i % 2 === 0);
    this.#every *= 2;
  }
}

/** The samples of one probe as columns, in time from the start of the run. */
export function sampleColumns(samples: readonly RunSample[], startMs: number): Samples {
  const names = new Set(samples.flatMap(({ values }) => Object.keys(values)));
  return {
    atMs: samples.map(({ atMs }) => atMs - startMs),
    columns: Object.fromEntries(
      [...names].map((name) => [name, samples.map(({ values }) => values[name] ?? null)]),
    ),
  };
}

/** Where there are several generators, the columns of each begin with its name. */
const SEPARATOR = '.';

/** One sample of several processes on one machine: each by its name, and all together. */
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

/** What was sampled of all together. */
export const combinedSamples = (samples: Samples): Samples =>
  renameColumns(samples, (column) => (column.includes(SEPARATOR) ? null : column));

/** What was sampled of one of several. */
export const samplesOfGenerator = (samples: Samples, name: string): Samples =>
  renameColumns(samples, (column) =>
    column.startsWith(name + SEPARATOR) ? column.slice(name.length + SEPARATOR.length) : null,
  );
