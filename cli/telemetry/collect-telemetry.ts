import { METRICS } from '../../lib/core/metrics/index.ts';
import { type Window, WindowMerger } from '../../lib/core/telemetry/index.ts';
import type { GeneratorExport } from './otlp.ts';

/** Collects telemetry of one or several generators into one timeline. */
export interface TelemetryCollection {
  add(received: GeneratorExport): void;
  /** Returns the number of requests in the telemetry that has arrived from a generator so far. */
  requestsOf(name: string): number;
  /** Marks that no more telemetry of this generator will arrive. */
  markEnded(name: string): void;
  /** Passes the remaining windows to `onWindow`. */
  finish(): void;
  /** Returns the names of generators that do not belong to the run. Their telemetry was ignored. */
  unknownGenerators(): string[];
}

/**
 * @param names generator names, as in the exports. With a single name, every export is attributed to that generator
 * @param windowMs the interval between exports
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
