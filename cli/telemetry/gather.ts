import { WindowMerger } from '../../lib/core/generators/merge.ts';
import type { Window } from '../../lib/core/windows.ts';
import type { Export } from './otlp.ts';

/** One timeline of the telemetry of one generator or of several. */
export interface Gathering {
  take(one: Export): void;
  /** All of this one has come, or will not come any more. */
  ended(name: string): void;
  /** Hands on what was still waiting for someone. */
  finish(): void;
  /** Who sent telemetry and is none of them: it was left out. */
  strangers(): string[];
}

/**
 * @param names of several generators, as their exports name them; of one, what comes is its own
 * @param windowMs how often each exports
 */
export function gather(
  names: readonly string[],
  windowMs: number,
  onWindow: (window: Window) => void,
): Gathering {
  if (names.length === 1)
    return { take: ({ window }) => onWindow(window), ended() {}, finish() {}, strangers: () => [] };
  const merger = new WindowMerger({ names, windowMs, onWindow });
  const strangers = new Set<string>();
  return {
    take({ generator, window }) {
      if (!merger.add(generator, window)) strangers.add(generator || 'one without a name');
    },
    ended: (name) => merger.ended(name),
    finish: () => merger.finish(),
    strangers: () => [...strangers],
  };
}
