import { parseDuration } from '../../numbers/index.ts';
import type { Phase, Scale } from '../workload.ts';

/** How long an iteration that has begun may go on when its scenario ends. */
export const GRACEFUL_STOP = '10s';

export const scaledMs = (duration: string, { time }: Scale): number => {
  const ms = parseDuration(duration);
  return ms === 0 ? 0 : Math.max(1000, Math.round(ms * time));
};

export const scaledVUs = (count: number, { vus }: Scale): number =>
  count === 0 ? 0 : Math.max(1, Math.round(count * vus));

/** VUs that wait for arrivals: a lighter load needs fewer, and yet some, for arrivals that come while others last. */
export const scaledMaxVUs = (maxVUs: number, scale: Scale): number =>
  Math.max(Math.min(maxVUs, FEWEST_IN_RESERVE), scaledVUs(maxVUs, scale));
const FEWEST_IN_RESERVE = 10;

/** k6 takes whole numbers of arrivals: what does not come out even in a second is counted by the minute. */
export function scaledRates(
  perS: readonly number[],
  { vus }: Scale,
): { timeUnit: '1s' | '1m'; rates: number[] } {
  const scaled = perS.map((rate) => rate * vus);
  if (scaled.every(Number.isInteger)) return { timeUnit: '1s', rates: scaled };
  return {
    timeUnit: '1m',
    rates: scaled.map((rate) => (rate === 0 ? 0 : Math.max(1, Math.round(rate * 60)))),
  };
}

/** Phases one after the other. */
export function consecutivePhases(
  parts: readonly (Omit<Phase, 'startMs' | 'endMs'> & { ms: number })[],
): Phase[] {
  let startMs = 0;
  return parts.map(({ name, ms, offered }) => {
    const phase = { name, startMs, endMs: startMs + ms, ...(offered && { offered }) };
    startMs = phase.endMs;
    return phase;
  });
}

export const totalDurationMs = (phases: readonly Phase[]): number => phases.at(-1)?.endMs ?? 0;
