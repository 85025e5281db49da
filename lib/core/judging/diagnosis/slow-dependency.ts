import type { FlowFigures, JudgedCriterion, StepFigures } from '../../evidence/index.ts';
import { formatExactValue, formatMs, formatPercent } from '../../numbers/index.ts';
import { flowOfCriterion } from './flow-failures.ts';
import { wholeRun } from './periods.ts';
import { certainAbsence, type DiagnosisRule, directSignal, supportingSignal, uncertainAbsence } from './rule.ts';

/** A step with at least this share of a flow's time dominates the flow. */
const MIN_DOMINANT_SHARE = 0.5;
/** A step slower than the responses of the target by this factor waits for a dependency. */
const MIN_SLOWDOWN_FACTOR = 2;

interface DominantStep {
  flow: FlowFigures;
  step: StepFigures;
  /** Share of the time of all iterations of the flow. */
  share: number;
  /** Average duration of the flow without the step. */
  restMs: number;
}

/** Returns the step with the largest share of a flow's time, or null if no step was observed. */
function dominantStep(flow: FlowFigures): DominantStep | null {
  const total = flow.iterations * flow.durationMs.mean;
  const timeOf = ({ attempts, durationMs }: StepFigures) => attempts * durationMs.mean;
  const [step] = flow.steps.filter(({ attempts }) => attempts > 0).sort((a, b) => timeOf(b) - timeOf(a));
  if (!step || total === 0) return null;
  const share = timeOf(step) / total;
  return { flow, step, share, restMs: flow.durationMs.mean * (1 - share) };
}

/**
 * Returns whether a criterion on the duration of a flow did not pass. A flow without such a criterion is never too
 * slow.
 */
const isTooSlow = ({ kind, status }: JudgedCriterion) =>
  (kind === 'flow-mean' || kind === 'flow-percentile') && (status === 'fail' || status === 'inconclusive');

export const slowDependency: DiagnosisRule = {
  cause: 'slow-dependency',
  title: 'A dependency is slow',
  alternatives: ['cpu-saturated', 'database-lock', 'database-pool-exhausted', 'database-unavailable'],

  suspect(evidence, criteria) {
    const slow = criteria.filter(isTooSlow).flatMap((criterion) => {
      const flow = flowOfCriterion(evidence, criterion);
      const dominant = flow ? dominantStep(flow) : null;
      return dominant && dominant.share >= MIN_DOMINANT_SHARE ? [{ ...dominant, criterion }] : [];
    });
    const [first] = slow;
    if (!first) return null;
    const { flow, step, share, restMs, criterion } = first;
    const { mean, p95 } = step.durationMs;
    const targetP95 = evidence.totals.responseTimeMs.p95;
    const span = wholeRun(evidence);
    return {
      signals: [
        directSignal(
          span,
          `${step.name} takes ${formatPercent(share)} of the time of ${flow.name}: ${formatMs(mean)} of ${formatMs(flow.durationMs.mean)} on average, p95 ${formatMs(p95)}`,
        ),
        restMs < criterion.limit &&
          supportingSignal(
            span,
            `the rest of the flow takes ${formatMs(restMs)}, which is within the limit of ${formatExactValue(criterion.limit, 'ms')} for ${criterion.title}`,
          ),
        MIN_SLOWDOWN_FACTOR * targetP95 < mean &&
          supportingSignal(span, `the target itself responds within ${formatMs(targetP95)} (p95)`),
      ],
      recommendation: `Reduce the duration of ${step.name} from ${formatMs(mean)} to at most ${formatMs(Math.max(0, criterion.limit - restMs))}, the time that the limit for ${criterion.title} leaves for this step. Check the latency of its dependency, set a shorter timeout with a fallback, or move the step to a background queue.`,
      effect: {
        criterionIds: slow
          .filter(({ restMs, criterion }) => restMs < criterion.limit)
          .map(({ criterion }) => criterion.id),
      },
    };
  },

  absence({ flows }) {
    const steps = flows.flatMap((flow) => dominantStep(flow) ?? []);
    return steps.length === 0
      ? uncertainAbsence('slow dependencies: no step of a flow was observed')
      : certainAbsence(
          steps
            .map(({ step, share, flow }) => `${step.name} took ${formatPercent(share)} of the time of ${flow.name}`)
            .join(', '),
        );
  },
};
