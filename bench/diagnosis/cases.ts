import type { Cause } from '../../lib/core/evidence/index.ts';

/** A fault of the reference service, the test to run with the fault, and the expected first diagnosis. */
export interface FaultCase {
  fault: string;
  value: number;
  /**
   * When the fault becomes active. Faults that happen only once or that the preflight would detect must appear `under
   * load`.
   */
  appears: 'from the start' | 'under load';
  load: ScaledTest;
  cause: Cause;
}

export interface ScaledTest {
  test: string;
  scale: { time: number; vus: number };
}

/** A peak test with 125 users, 60 requests per second and a duration of 18 s. */
const PEAK: ScaledTest = { test: 'booking/peak', scale: { time: 0.042, vus: 0.25 } };
/** A peak test with 125 users that runs for 29 s, because leaks need time to grow. */
const LONG_PEAK: ScaledTest = { test: 'booking/peak', scale: { time: 0.07, vus: 0.25 } };
/** A business flow test with 40 concurrent journeys that runs for 21 s. */
const FLOW: ScaledTest = { test: 'booking/business-flow', scale: { time: 0.035, vus: 0.4 } };
/** A spike test in which 75 users arrive suddenly. */
const SPIKE: ScaledTest = { test: 'booking/spike', scale: { time: 0.07, vus: 0.25 } };

/** Tests that run without a fault, and must have no diagnosis. */
export const HEALTHY: readonly ScaledTest[] = [PEAK, FLOW, SPIKE];

const caseThatAppears =
  (appears: FaultCase['appears']) =>
  (fault: string, value: number, load: ScaledTest, cause: Cause): FaultCase => ({
    fault,
    value,
    appears,
    load,
    cause,
  });
const fromStart = caseThatAppears('from the start');
const underLoad = caseThatAppears('under load');

/** All tested faults. The leaks are faster than in a real service, so that a run of half a minute detects them. */
export const FAULT_CASES: readonly FaultCase[] = [
  fromStart('small-pool', 5, PEAK, 'database-pool-exhausted'),
  fromStart('heap-leak', 600, LONG_PEAK, 'memory-leak'),
  fromStart('buffer-leak', 600, LONG_PEAK, 'memory-leak'),
  fromStart('connection-leak', 60, LONG_PEAK, 'connection-leak'),
  fromStart('slow-ai', 4000, FLOW, 'slow-dependency'),
  fromStart('failing-ai', 0.8, FLOW, 'circuit-breaker-open'),
  fromStart('whatsapp-429', 0.2, FLOW, 'failing-dependency'),
  fromStart('rate-limit', 20, PEAK, 'rate-limited'),
  fromStart('service-capacity', 30, PEAK, 'service-overloaded'),
  underLoad('refused-token', 1, PEAK, 'authentication-failing'),
  underLoad('missing-route', 1, PEAK, 'route-missing'),
  fromStart('cpu-burn', 25, PEAK, 'cpu-saturated'),
  underLoad('crash', 0, PEAK, 'process-crash'),
  fromStart('small-cache', 5, PEAK, 'cache-thrashing'),
  fromStart('database-lock', 2000, PEAK, 'database-lock'),
  underLoad('database-outage', 5, PEAK, 'database-unavailable'),
];
