import type { ProbeName } from '../../lib/core/resources.ts';
import type { Samples } from '../../lib/core/result.ts';
import { causeOf } from '../network.ts';

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

/** The samples of one probe as columns, in time from the start of the run. */
export function columnsOf(samples: readonly RunSample[], startMs: number): Samples {
  const names = new Set(samples.flatMap(({ values }) => Object.keys(values)));
  return {
    atMs: samples.map(({ atMs }) => atMs - startMs),
    columns: Object.fromEntries(
      [...names].map((name) => [name, samples.map(({ values }) => values[name] ?? null)]),
    ),
  };
}
