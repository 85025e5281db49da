import type { ProbeName } from '../../lib/core/evidence/index.ts';
import { causeOf } from '../support/network.ts';
import { withTimeout } from './connection.ts';
import type { ConfiguredProbe, Details, ProbeContext } from './probe.ts';
import { type RunSample, type Sampler, sampleRegularly } from './sampling.ts';

const DETAILS_TIMEOUT_MS = 5000;

export interface StartedProbes extends AsyncDisposable {
  /** Samples all probes immediately; if a probe is given, samples only this probe. */
  sample(only?: ProbeName): Promise<void>;
  /** Returns figures about the whole run for each probe; null for probes without such figures. */
  details(): Promise<Details>;
}

export interface ProbesOptions extends ProbeContext {
  configured: readonly ConfiguredProbe[];
  intervalMs: number;
  onSample(sample: RunSample): void;
}

/** Starts every configured probe. If a probe fails, adds a note to the result and continues the run. */
export function startProbes({ configured, intervalMs, onSample, ...context }: ProbesOptions): StartedProbes {
  const { note } = context;
  const started = configured.map(({ name, label, open }) => {
    const probe = open(context);
    const sampler: Sampler = sampleRegularly(
      name,
      () => probe.sample(),
      Math.max(intervalMs, probe.minIntervalMs ?? 0),
      { onSample, onSilent: (_, reason) => note(`no samples of ${label} for some time: ${reason}`) },
    );
    return { name, label, probe, sampler };
  });
  return {
    async sample(only) {
      const selected = started.filter(({ name }) => only === undefined || name === only);
      await Promise.all(selected.map(({ sampler }) => sampler.sample()));
    },
    async details() {
      const parts = await Promise.all(
        started.map(async ({ label, probe }) => {
          try {
            return await withTimeout(DETAILS_TIMEOUT_MS, probe.details?.() ?? Promise.resolve({}));
          } catch (error) {
            note(`details of ${label} could not be read: ${causeOf(error)}`);
            return {};
          }
        }),
      );
      return Object.assign({ postgresql: null, redis: null }, ...parts);
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(
        started.map(async ({ sampler, probe }) => {
          await sampler[Symbol.asyncDispose]();
          await probe.close();
        }),
      );
    },
  };
}
