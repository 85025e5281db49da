import CircuitBreaker from 'opossum';
import type { Registry } from 'prom-client';
import { httpError } from './errors.ts';
import { addLabeledGauge } from './metrics.ts';

/**
 * A function that calls an external service through a circuit breaker. While most calls fail, the circuit breaker
 * rejects calls immediately.
 */
export type ProtectedCall<Args extends unknown[], Result> = {
  /** Calls the external service. @throws the error of the call; 503 `circuit_open` if the circuit is open */
  call(...args: Args): Promise<Result>;
  /** Returns the state of the circuit breaker: 0 is closed, 1 is half open, 2 is open. */
  state(): number;
};

const OPEN_AT_ERROR_PERCENT = 50;
/** Minimum number of calls before the circuit can open, within the default window of opossum (10 s). */
const MIN_CALLS = 10;
/** Time after which an open circuit lets one call pass as a test. */
const RESET_TIMEOUT_MS = 5000;

/**
 * Returns an action that is protected by a circuit breaker.
 * @param action the call to protect, which must have a timeout of its own
 */
export function withCircuitBreaker<Args extends unknown[], Result>(
  action: (...args: Args) => Promise<Result>,
): ProtectedCall<Args, Result> {
  const breaker = new CircuitBreaker(action, {
    timeout: false,
    errorThresholdPercentage: OPEN_AT_ERROR_PERCENT,
    volumeThreshold: MIN_CALLS,
    resetTimeout: RESET_TIMEOUT_MS,
  });
  return {
    call: (...args) =>
      breaker.fire(...args).catch((error) => {
        throw error.code === 'EOPENBREAKER' ? httpError(503, 'circuit_open', 'circuit breaker open') : error;
      }),
    state: () => (breaker.opened ? 2 : breaker.halfOpen ? 1 : 0),
  };
}

/**
 * Registers the metric `circuit_breaker_state`. `breakers` maps the name of each external service to its circuit
 * breaker.
 */
export function addBreakerMetrics(registry: Registry, breakers: Readonly<Record<string, { state(): number }>>): void {
  addLabeledGauge(
    registry,
    'circuit_breaker_state',
    'State of the circuit breaker of an upstream: 0 closed, 1 half open, 2 open',
    'name',
    () => Object.fromEntries(Object.entries(breakers).map(([name, breaker]) => [name, breaker.state()])),
  );
}
