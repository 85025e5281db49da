import { sleep } from 'k6';
import exec from 'k6/execution';

/**
 * Time between the end of a request and the moment at which k6 would interrupt its iteration. k6 records nothing about a
 * request that it interrupts.
 */
const MARGIN_MS = 500;

/** Below this, no target could respond in time. */
const MIN_TIMEOUT_MS = 50;

/** When the requests of this VU must have ended, in ms since the epoch. */
let deadline = Number.POSITIVE_INFINITY;

/**
 * Sets the deadline of the scenario that this VU runs.
 * @param interruptedAfterMs for each scenario, the time from its start until k6 interrupts its iterations
 */
export function enterScenario(interruptedAfterMs: Readonly<Record<string, number>>): void {
  const { name, startTime } = exec.scenario;
  deadline = startTime + (interruptedAfterMs[name] ?? Number.POSITIVE_INFINITY) - MARGIN_MS;
}

/**
 * Returns how long a request may take: its timeout, or the time until the deadline if that is shorter. After the
 * deadline, it waits until k6 interrupts the iteration.
 * @param now in ms since the epoch
 */
export function timeoutBeforeInterruption(timeoutMs: number, now: number): number {
  const leftMs = deadline - now;
  if (leftMs >= timeoutMs) return timeoutMs;
  if (leftMs < MIN_TIMEOUT_MS) sleep((MARGIN_MS + MIN_TIMEOUT_MS) / 1000);
  return Math.max(MIN_TIMEOUT_MS, leftMs);
}
