import CircuitBreaker from 'opossum';
import type { Registry } from 'prom-client';
import { httpError } from './errors.ts';
import { addLabeledGauge } from './metrics.ts';

/** A call to an upstream behind a circuit breaker, which rejects calls while most of them fail. */
export type ProtectedCall<Args extends unknown[], Result> = {
  /** @throws the error of the call, or 503 `circuit_open` immediately while the circuit is open */
  call(...args: Args): Promise<Result>;
  /** The state of the circuit: 0 is closed, 1 is half open, 2 is open. */
  state(): number;
};

const OPEN_AT_ERROR_PERCENT = 50;
/** The minimum number of calls within 10 s (opossum's default window) for the circuit to open. */
const MIN_CALLS = 10;
/** Time until an open circuit tries one call again. */
const RESET_TIMEOUT_MS = 5000;

/**
 * Puts an action behind a circuit breaker.
 * @param action the call, which must have its own timeout
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

/** Registers the metric `circuit_breaker_state`. `breakers` contains the breakers by name of their upstream. */
export function addBreakerMetrics(registry: Registry, breakers: Readonly<Record<string, { state(): number }>>): void {
  addLabeledGauge(
    registry,
    'circuit_breaker_state',
    'State of the circuit breaker of an upstream: 0 closed, 1 half open, 2 open',
    'name',
    () => Object.fromEntries(Object.entries(breakers).map(([name, breaker]) => [name, breaker.state()])),
  );
}
