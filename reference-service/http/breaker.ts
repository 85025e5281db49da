import CircuitBreaker from 'opossum';
import type { Registry } from 'prom-client';
import { httpError } from './errors.ts';
import { addLabeledGauge } from './metrics.ts';

/** Calls to an upstream that are not even tried while most of them fail. */
export type ProtectedCall<Args extends unknown[], Answer> = {
  /** @throws what the call throws, or 503 `circuit_open` at once while the circuit is open. */
  call(...args: Args): Promise<Answer>;
  /** 0 closed, 1 half open, 2 open. */
  state(): number;
};

const OPEN_AT_ERROR_PERCENT = 50;
/** Of fewer calls within opossum's 10 s nothing is concluded. */
const MIN_CALLS = 10;
/** How long an open circuit waits until it tries one call again. */
const RESET_TIMEOUT_MS = 5000;

/** @param action has a timeout of its own */
export function withCircuitBreaker<Args extends unknown[], Answer>(
  action: (...args: Args) => Promise<Answer>,
): ProtectedCall<Args, Answer> {
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

/** Metrics of the breakers of a service, by what each of them guards. */
export function addBreakerMetrics(
  registry: Registry,
  breakers: Readonly<Record<string, { state(): number }>>,
): void {
  addLabeledGauge(
    registry,
    'circuit_breaker_state',
    'State of the breaker before an upstream: 0 closed, 1 half open, 2 open',
    'name',
    () => Object.fromEntries(Object.entries(breakers).map(([name, breaker]) => [name, breaker.state()])),
  );
}
