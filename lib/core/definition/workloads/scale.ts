import { parseDuration } from '../../numbers/index.ts';
import type { Phase, Scale } from '../workload.ts';

/**
 * How long unfinished iterations may continue after the end of their scenario. Requests that have no response by then
 * are errors of the kind `unanswered`.
 */
export const GRACEFUL_STOP = '10s';

export const scaledMs = (duration: string, { time }: Scale): number => {
  const ms = parseDuration(duration);
  return ms === 0 ? 0 : Math.max(1000, Math.round(ms * time));
};

export const scaledVUs = (count: number, { vus }: Scale): number =>
  count === 0 ? 0 : Math.max(1, Math.round(count * vus));

/**
 * Minimum number of VUs. Even a light load needs several, because iterations arrive while a slow one is still running.
 */
const MIN_ARRIVAL_VUS = 10;

/** Returns the VU settings of an open workload. */
export const scaledMaxVUs = (maxVUs: number, scale: Scale): number =>
  Math.max(Math.min(maxVUs, MIN_ARRIVAL_VUS), scaledVUs(maxVUs, scale));

/** k6 requires whole numbers of arrivals, so a rate that is fractional per second is given per minute. */
export function scaledRates(perS: readonly number[], { vus }: Scale): { timeUnit: '1s' | '1m'; rates: number[] } {
  const scaled = perS.map((rate) => rate * vus);
  if (scaled.every(Number.isInteger)) return { timeUnit: '1s', rates: scaled };
  return {
    timeUnit: '1m',
    rates: scaled.map((rate) => (rate === 0 ? 0 : Math.max(1, Math.round(rate * 60)))),
  };
}

/** Creates consecutive phases from their durations. */
export function consecutivePhases(parts: readonly (Omit<Phase, 'startMs' | 'endMs'> & { ms: number })[]): Phase[] {
  let startMs = 0;
  return parts.map(({ name, ms, offered }) => {
    const phase = { name, startMs, endMs: startMs + ms, ...(offered && { offered }) };
    startMs = phase.endMs;
    return phase;
  });
}

export const totalDurationMs = (phases: readonly Phase[]): number => phases.at(-1)?.endMs ?? 0;
