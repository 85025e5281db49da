import { METRICS } from '../../lib/core/metrics/index.ts';
import { type Window, WindowMerger } from '../../lib/core/telemetry/index.ts';
import type { GeneratorExport } from './otlp.ts';

/** Merges the telemetry of all generators into one sequence of windows. */
export interface TelemetryCollection {
  add(received: GeneratorExport): void;
  /** Returns the number of requests in the telemetry that has arrived from the given generator. */
  requestsOf(name: string): number;
  /** Records that no more telemetry of the given generator will arrive. */
  markEnded(name: string): void;
  /** Passes all remaining windows to `onWindow`, even incomplete ones, because no more telemetry will arrive. */
  finish(): void;
  /** Returns the names of generators that sent telemetry but do not belong to the run. Their telemetry was ignored. */
  unknownGenerators(): string[];
}

/**
 * Starts to collect the telemetry of a run. @param names the names of the generators. If there is only one name, every
 * export is attributed to this generator.
 * @param windowMs the interval at which generators export telemetry
 */
export function collectTelemetry(
  names: readonly string[],
  windowMs: number,
  onWindow: (window: Window) => void,
): TelemetryCollection {
  const requests = new Map<string, number>();
  const count = (name: string, { series }: Window) => {
    const counters = series.filter(({ metric }) => metric === METRICS.requests);
    requests.set(
      name,
      counters.reduce((sum, { value = 0 }) => sum + value, requests.get(name) ?? 0),
    );
  };
  const requestsOf = (name: string) => requests.get(name) ?? 0;
  const [only, ...others] = names;
  if (only !== undefined && others.length === 0)
    return {
      add({ window }) {
        count(only, window);
        onWindow(window);
      },
      requestsOf,
      markEnded() {},
      finish() {},
      unknownGenerators: () => [],
    };
  const merger = new WindowMerger({ names, windowMs, onWindow });
  const unknown = new Set<string>();
  return {
    add({ generator, window }) {
      if (merger.add(generator, window)) count(generator, window);
      else unknown.add(generator || 'a generator without a name');
    },
    requestsOf,
    markEnded: (name) => merger.markEnded(name),
    finish: () => merger.finish(),
    unknownGenerators: () => [...unknown],
  };
}
