import { Trend } from 'k6/metrics';
import { plannedEndpoint, type Traffic } from '../core/definition/index.ts';
import { METRICS, type StepOutcome, serverTimingMs } from '../core/metrics/index.ts';
import type { CallResult } from './call-result.ts';
import type { Endpoint } from './endpoint.ts';

const stepDurations = new Trend(METRICS.stepDuration, true);
const flowDurations = new Trend(METRICS.flowDuration, true);

/** How a step went. A failed step keeps its duration, because a failing flow would otherwise look fast. */
export interface StepResult {
  durationMs: number;
  ok: boolean;
  /** Why the step failed; empty where it is ok. */
  reason: string;
}

/** One named step of a flow. `Context` is what the flow has learned so far. */
export interface Step<Context> {
  name: string;
  /** Returns null where the target does not report this step. */
  run(context: Context): StepResult | null;
}

/**
 * A step that the VU performs, and whose duration it measures.
 * @param action sends requests; what `Endpoint.call` returns is a valid result
 */
export function step<Context>(
  name: string,
  action: (context: Context) => { ok: boolean; reason: string },
): Step<Context> {
  return {
    name,
    run: (context) => {
      const startedAt = Date.now();
      const { ok, reason } = action(context);
      return { durationMs: Date.now() - startedAt, ok, reason };
    },
  };
}

/**
 * A step that happens inside the target, and whose duration the target reports.
 * @param observe returns null where the target does not report the step
 */
export function observedStep<Context>(
  name: string,
  observe: (context: Context, name: string) => StepResult | null,
): Step<Context> {
  return { name, run: (context) => observe(context, name) };
}

/**
 * Traffic that performs a user journey in each iteration: steps in order over a fresh context. The first step that
 * fails ends the iteration.
 * @param endpoints the endpoints that the steps call
 * @param begin returns the context of an iteration
 * @param steps in order
 */
export function flow<Context>(
  name: string,
  {
    endpoints,
    begin,
    steps,
  }: { endpoints: readonly Endpoint[]; begin: () => Context; steps: readonly Step<Context>[] },
): Traffic {
  return {
    uses: () => ({
      endpoints: endpoints.map((endpoint) => plannedEndpoint({ endpoint })),
      flows: [{ name, steps: steps.map((one) => one.name) }],
    }),
    iterate: () => {
      const startedAt = Date.now();
      const context = begin();
      const reason = firstFailure(name, steps, context);
      flowDurations.add(Date.now() - startedAt, { flow: name, ...outcomeTags(reason) });
    },
  };
}

function firstFailure<Context>(flowName: string, steps: readonly Step<Context>[], context: Context): string {
  for (const one of steps) {
    const result = one.run(context);
    if (result === null) continue;
    const failure = result.ok ? '' : result.reason;
    stepDurations.add(result.durationMs, { flow: flowName, step: one.name, ...outcomeTags(failure) });
    if (!result.ok) return `${one.name}: ${failure}`;
  }
  return '';
}

function outcomeTags(reason: string): { outcome: StepOutcome; reason?: string } {
  return reason === '' ? { outcome: 'ok' } : { outcome: 'failed', reason };
}

/**
 * The duration that the target reports for a part of its response in the `Server-Timing` header.
 * @param metric its name in the header
 * @returns null where the header does not report it
 */
export function serverTiming({ response, ok, reason }: CallResult, metric: string): StepResult | null {
  const durationMs = serverTimingMs(response.headers['Server-Timing'], metric);
  return durationMs === null ? null : { durationMs, ok, reason };
}
