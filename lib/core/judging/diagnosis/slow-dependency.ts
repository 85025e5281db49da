import type { FlowFigures, JudgedCriterion, StepFigures } from '../../evidence/index.ts';
import { formatExactValue, formatMs, formatPercent } from '../../numbers/index.ts';
import { flowOfCriterion } from './flow-failures.ts';
import { wholeRun } from './periods.ts';
import {
  certainAbsence,
  type DiagnosisRule,
  directSignal,
  supportingSignal,
  uncertainAbsence,
} from './rule.ts';

/** A step that takes this part of a flow's time decides about it. */
const DECIDES = 0.5;
/** As many times as slow as what the target itself answers, a step waits for somebody else. */
const OF_SOMEBODY_ELSE = 2;

interface DecidingStep {
  flow: FlowFigures;
  step: StepFigures;
  /** Of the time of all its flows. */
  share: number;
  /** What the flow would take on average without the step. */
  restMs: number;
}

/** The step that takes most of a flow; null where none was seen. */
function decidingStep(flow: FlowFigures): DecidingStep | null {
  const total = flow.iterations * flow.durationMs.mean;
  const timeOf = ({ attempts, durationMs }: StepFigures) => attempts * durationMs.mean;
  const [step] = flow.steps.filter(({ attempts }) => attempts > 0).sort((a, b) => timeOf(b) - timeOf(a));
  if (!step || total === 0) return null;
  const share = timeOf(step) / total;
  return { flow, step, share, restMs: flow.durationMs.mean * (1 - share) };
}

/** Flows take long only by what was promised. */
const isTooSlow = ({ kind, status }: JudgedCriterion) =>
  (kind === 'flow-mean' || kind === 'flow-percentile') && (status === 'fail' || status === 'inconclusive');

export const slowDependency: DiagnosisRule = {
  cause: 'slow-dependency',
  title: 'A dependency is slow',
  alternatives: ['cpu-saturated', 'database-lock', 'database-pool-exhausted', 'database-unavailable'],

  suspect(evidence, criteria) {
    const slow = criteria.filter(isTooSlow).flatMap((criterion) => {
      const flow = flowOfCriterion(evidence, criterion);
      const deciding = flow ? decidingStep(flow) : null;
      return deciding && deciding.share >= DECIDES ? [{ ...deciding, criterion }] : [];
    });
    const [first] = slow;
    if (!first) return null;
    const { flow, step, share, restMs, criterion } = first;
    const { mean, p95 } = step.durationMs;
    const own = evidence.totals.durationMs.p95;
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
            `all else takes ${formatMs(restMs)}, within the ${formatExactValue(criterion.limit, 'ms')} of ${criterion.title}`,
          ),
        OF_SOMEBODY_ELSE * own < mean &&
          supportingSignal(span, `the target itself answers within ${formatMs(own)} (p95)`),
      ],
      recommendation: `Make ${step.name} take at most ${formatMs(Math.max(0, criterion.limit - restMs))} instead of ${formatMs(mean)}, which is what ${criterion.title} leaves for it: ask what it depends on for its latency, give it a shorter timeout with a fallback, or take it out of the customer's way with a queue.`,
      effect: {
        criterionIds: slow.filter((one) => one.restMs < one.criterion.limit).map((one) => one.criterion.id),
      },
    };
  },

  absence({ flows }) {
    const steps = flows.flatMap((flow) => decidingStep(flow) ?? []);
    return steps.length === 0
      ? uncertainAbsence('dependencies that are slow: no step of a flow was seen')
      : certainAbsence(
          steps
            .map(
              ({ step, share, flow }) =>
                `${step.name} took ${formatPercent(share)} of the time of ${flow.name}`,
            )
            .join(', '),
        );
  },
};
