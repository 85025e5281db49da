import type { BreakerEvent } from '../definition/index.ts';
import { TARGET_COLUMNS } from './probe-columns.ts';
import type { Samples } from './result.ts';
import { pointsOf } from './samples.ts';

const BREAKER_STATES = ['closed', 'half open', 'open'] as const;
export type BreakerState = (typeof BREAKER_STATES)[number];

/** A period in one state: from the first sample in that state to the first sample in a different state. */
export interface BreakerPeriod {
  state: BreakerState;
  fromMs: number;
  toMs: number;
  /** Time of the last sample before this period. If there is none, the time of the first sample in the period. */
  notBeforeMs: number;
}

/** States of the target's worst breaker over time. States shorter than the sampling interval may be missing. */
export function breakerPeriods(target: Samples | undefined): BreakerPeriod[] {
  const periods: BreakerPeriod[] = [];
  let previousMs: number | undefined;
  for (const { atMs, value } of pointsOf(target, TARGET_COLUMNS.circuitBreakerState)) {
    const state = BREAKER_STATES[value] ?? 'open';
    const last = periods.at(-1);
    if (last) last.toMs = atMs;
    if (last?.state !== state) periods.push({ state, fromMs: atMs, toMs: atMs, notBeforeMs: previousMs ?? atMs });
    previousMs = atMs;
  }
  return periods;
}

export interface BreakerEventTime {
  /** Time from the start of the phase to the first sample after the event. */
  ms: number;
  /** Time from the start of the phase to the last sample before the event. */
  notBeforeMs: number;
}

/**
 * Time from the start of a phase until the breaker opened or recovered.
 * @returns null if that did not happen before the phase ended
 */
export function timeToBreakerEvent(
  periods: readonly BreakerPeriod[],
  event: BreakerEvent,
  { startMs, endMs }: { startMs: number; endMs: number },
): BreakerEventTime | null {
  const inPhase = periods.filter(({ fromMs, toMs }) => toMs >= startMs && fromMs <= endMs);
  const last = inPhase.at(-1);
  const found =
    event === 'opens' ? inPhase.find(({ state }) => state === 'open') : last?.state === 'closed' ? last : undefined;
  if (!found) return null;
  return {
    ms: Math.max(0, found.fromMs - startMs),
    notBeforeMs: Math.max(0, found.notBeforeMs - startMs),
  };
}
