import { Trend } from 'k6/metrics';
import { planned, type Traffic } from '../core/definition/index.ts';
import { METRICS, type Outcome, serverTimingMs } from '../core/metrics/index.ts';
import type { Answer } from './answer.ts';
import type { Endpoint } from './endpoint.ts';

const stepDurations = new Trend(METRICS.stepDuration, true);
const flowDurations = new Trend(METRICS.flowDuration, true);

/** How a step went. Failures keep their duration: leaving them out would make a failing flow look fast. */
export interface StepResult {
  durationMs: number;
  ok: boolean;
  /** Empty where it is ok. */
  reason: string;
}

/** One named action of a flow over what the flow has learnt so far. */
export interface Step<Context> {
  name: string;
  /** @returns null where the target offers no way to see this step */
  run(context: Context): StepResult | null;
}

/** A step that we take: timed here, as its user would time it. */
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

/** A step that happens inside the target, as the target reports it. */
export function observedStep<Context>(
  name: string,
  observe: (context: Context, name: string) => StepResult | null,
): Step<Context> {
  return { name, run: (context) => observe(context, name) };
}

/**
 * A user journey: steps in order over a fresh context, ended by the first that fails.
 * @param endpoints what its steps call
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
    touches: () => ({
      endpoints: endpoints.map((endpoint) => planned({ endpoint })),
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

function outcomeTags(reason: string): { outcome: Outcome; reason?: string } {
  return reason === '' ? { outcome: 'ok' } : { outcome: 'failed', reason };
}

/** What the target's own clock says of one part of an answer (`Server-Timing`), or null where it says nothing. */
export function serverTiming({ response, ok, reason }: Answer, metric: string): StepResult | null {
  const durationMs = serverTimingMs(response.headers['Server-Timing'], metric);
  return durationMs === null ? null : { durationMs, ok, reason };
}
