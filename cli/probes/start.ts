import type { ProbeName } from '../../lib/core/evidence/index.ts';
import { causeOf } from '../support/network.ts';
import { withTimeout } from './connection.ts';
import type { ConfiguredProbe, Details, ProbeContext } from './probe.ts';
import { type RunSample, type Sampler, sampleRegularly } from './sampling.ts';

const DETAILS_TIMEOUT_MS = 5000;

export interface StartedProbes extends AsyncDisposable {
  /** A sample of every probe, or of one, now. */
  sample(only?: ProbeName): Promise<void>;
  /** What the probes say of the run as a whole; a part that nobody says is null. */
  details(): Promise<Details>;
}

export interface ProbesOptions extends ProbeContext {
  configured: readonly ConfiguredProbe[];
  intervalMs: number;
  onSample(sample: RunSample): void;
}

/** Starts every configured probe. One that is silent or fails is noted, and nothing else happens. */
export function startProbes({ configured, intervalMs, onSample, ...context }: ProbesOptions): StartedProbes {
  const { note } = context;
  const started = configured.map(({ name, label: what, open }) => {
    const probe = open(context);
    const sampler: Sampler = sampleRegularly(
      name,
      () => probe.sample(),
      Math.max(intervalMs, probe.minIntervalMs ?? 0),
      { onSample, onSilent: (_, reason) => note(`no samples of ${what} for a time: ${reason}`) },
    );
    return { name, what, probe, sampler };
  });
  return {
    async sample(only) {
      const asked = started.filter(({ name }) => only === undefined || name === only);
      await Promise.all(asked.map(({ sampler }) => sampler.sample()));
    },
    async details() {
      const parts = await Promise.all(
        started.map(async ({ what, probe }) => {
          try {
            return await withTimeout(DETAILS_TIMEOUT_MS, probe.details?.() ?? Promise.resolve({}));
          } catch (error) {
            note(`${what} could not be asked for details: ${causeOf(error)}`);
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
