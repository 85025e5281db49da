import { METRICS } from '../../lib/core/metrics/index.ts';
import { type Window, WindowMerger } from '../../lib/core/telemetry/index.ts';
import type { GeneratorExport } from './otlp.ts';

/** One timeline of the telemetry of one generator or of several. */
export interface TelemetryCollection {
  add(one: GeneratorExport): void;
  /** How many requests of this one it has been told of. */
  requestsOf(name: string): number;
  /** All of this one has come, or will not come any more. */
  markEnded(name: string): void;
  /** Hands on what was still waiting for someone. */
  finish(): void;
  /** Who sent telemetry and is none of them: it was left out. */
  unknownGenerators(): string[];
}

/**
 * @param names of several generators, as their exports name them; of one, what comes is its own
 * @param windowMs how often each exports
 */
export function collectTelemetry(
  names: readonly string[],
  windowMs: number,
  onWindow: (window: Window) => void,
): TelemetryCollection {
  const requests = new Map<string, number>();
  const count = (name: string, { series }: Window) => {
    const more = series.filter(({ metric }) => metric === METRICS.requests);
    requests.set(
      name,
      more.reduce((sum, { value = 0 }) => sum + value, requests.get(name) ?? 0),
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
  const strangers = new Set<string>();
  return {
    add({ generator, window }) {
      if (merger.add(generator, window)) count(generator, window);
      else strangers.add(generator || 'one without a name');
    },
    requestsOf,
    markEnded: (name) => merger.markEnded(name),
    finish: () => merger.finish(),
    unknownGenerators: () => [...strangers],
  };
}
