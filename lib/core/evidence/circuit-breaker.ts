import type { BreakerEvent } from '../definition/index.ts';
import { TARGET_COLUMNS } from './probe-columns.ts';
import type { Samples } from './result.ts';
import { pointsOf } from './samples.ts';

const BREAKER_STATES = ['closed', 'half open', 'open'] as const;
export type BreakerState = (typeof BREAKER_STATES)[number];

/** A time in which a breaker was seen in one state: from the first sample that shows it to the first of another. */
export interface BreakerPeriod {
  state: BreakerState;
  fromMs: number;
  toMs: number;
  /** The last sample before it; its own first one where there is none. */
  notBeforeMs: number;
}

/** States of the worst breaker of a target, as they were sampled. What is shorter than the time between two samples may not be seen. */
export function breakerPeriods(target: Samples | undefined): BreakerPeriod[] {
  const stretches: BreakerPeriod[] = [];
  let beforeMs: number | undefined;
  for (const { atMs, value } of pointsOf(target, TARGET_COLUMNS.circuitBreakerState)) {
    const state = BREAKER_STATES[value] ?? 'open';
    const last = stretches.at(-1);
    if (last) last.toMs = atMs;
    if (last?.state !== state)
      stretches.push({ state, fromMs: atMs, toMs: atMs, notBeforeMs: beforeMs ?? atMs });
    beforeMs = atMs;
  }
  return stretches;
}

export interface BreakerEventTime {
  /** From the beginning of the phase to the first sample that shows it. */
  ms: number;
  /** The latest sample that does not show it yet; as late at the least. */
  notBeforeMs: number;
}

/**
 * How long a breaker took, from the beginning of a phase.
 * @returns null where it did not do it by the end of the phase
 */
export function timeToBreakerEvent(
  stretches: readonly BreakerPeriod[],
  event: BreakerEvent,
  { startMs, endMs }: { startMs: number; endMs: number },
): BreakerEventTime | null {
  const within = stretches.filter(({ fromMs, toMs }) => toMs >= startMs && fromMs <= endMs);
  const last = within.at(-1);
  const found =
    event === 'opens'
      ? within.find(({ state }) => state === 'open')
      : last?.state === 'closed'
        ? last
        : undefined;
  if (!found) return null;
  return {
    ms: Math.max(0, found.fromMs - startMs),
    notBeforeMs: Math.max(0, found.notBeforeMs - startMs),
  };
}
