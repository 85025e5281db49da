import { Trend } from 'k6/metrics';
import { plannedEndpoint, type Traffic } from '../core/definition/index.ts';
import { METRICS, type StepOutcome, serverTimingMs } from '../core/metrics/index.ts';
import type { CallResult } from './call-result.ts';
import type { Endpoint } from './endpoint.ts';

const stepDurations = new Trend(METRICS.stepDuration, true);
const flowDurations = new Trend(METRICS.flowDuration, true);

/** The result of a step. Failed steps also have a duration, because otherwise a failing flow would look fast. */
export interface StepResult {
  durationMs: number;
  ok: boolean;
  /** Why the step failed; empty if it is ok. */
  reason: string;
}

/** A named step of a flow. Steps pass data to later steps in the `Context`. */
export interface Step<Context> {
  name: string;
  /** Returns null if the target does not report this step. */
  run(context: Context): StepResult | null;
}

/**
 * A step that the VU performs: `step('pay', ({ order }) => payOrder.call(order))`. Its duration is measured.
 * @param action sends requests; it may return the result of `Endpoint.call`
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
 * A step inside the target, whose duration the target reports:
 * `observedStep('ai-processing', ({ receipt }) => serverTiming(receipt, 'ai'))`.
 * @param observe returns the result, or null if the target does not report the step
 */
export function observedStep<Context>(
  name: string,
  observe: (context: Context, name: string) => StepResult | null,
): Step<Context> {
  return { name, run: (context) => observe(context, name) };
}

/**
 * Traffic that performs a user journey in each iteration. The first step that fails ends the iteration.
 *
 *     flow<{ order: string }>('purchase', {
 *       endpoints: [readArticle, placeOrder],
 *       begin: () => ({ order: orders.next() }),
 *       steps: [
 *         step('read', () => readArticle.call('1')),
 *         step('order', ({ order }) => placeOrder.call('', order)),
 *       ],
 *     })
 *
 * @param endpoints the endpoints that the steps call
 * @param begin returns the context of a new iteration, which all of its steps receive
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
      flows: [{ name, steps: steps.map((step) => step.name) }],
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
  for (const step of steps) {
    const result = step.run(context);
    if (result === null) continue;
    const failure = result.ok ? '' : result.reason;
    stepDurations.add(result.durationMs, { flow: flowName, step: step.name, ...outcomeTags(failure) });
    if (!result.ok) return `${step.name}: ${failure}`;
  }
  return '';
}

function outcomeTags(reason: string): { outcome: StepOutcome; reason?: string } {
  return reason === '' ? { outcome: 'ok' } : { outcome: 'failed', reason };
}

/**
 * The result of an observed step, with its duration from the `Server-Timing` header: `serverTiming(result, 'ai')`.
 * @param result the result of a call
 * @param metric name of the metric in the header
 * @returns null if the header does not contain the metric
 */
export function serverTiming(result: CallResult, metric: string): StepResult | null {
  const durationMs = serverTimingMs(result.response.headers['Server-Timing'], metric);
  return durationMs === null ? null : { durationMs, ok: result.ok, reason: result.reason };
}
