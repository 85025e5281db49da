import { differenceInterval } from '../../numbers/index.ts';
import {
  failureReasons,
  failuresAtStep,
  failuresWithReason,
  flowsNamed,
  shareOfIterations,
  stepNames,
  stepSuccessRate,
} from './flow-records.ts';
import type { FlowRecord, HistoryRecord } from './record.ts';

/** What a change of a flow's success comes from. */
export interface Explanation {
  /** Steps whose own success changed with it, the one with the largest part in it first. */
  steps: StepChange[];
  /** Reasons of failures that became more or fewer with it, in the same order. */
  reasons: ReasonChange[];
}

/** Rates are of those who came to the step. */
interface StepChange extends Contribution {
  step: string;
}

/** Rates are of all who began the flow. */
interface ReasonChange extends Contribution {
  reason: string;
}

interface Contribution {
  from: number;
  to: number;
  /** Of the change of the flow's success. */
  share: number;
}

/** What has a smaller part in a change does not explain it. */
const MIN_CONTRIBUTION = 0.2;

/**
 * A flow ends at the first step that fails, so what all steps lose adds up to what the flow loses, and the same for
 * reasons: each has a share in a change. A step is named only where its own success changed for sure, with the run as
 * the unit: by Welch's interval of the difference between the runs before and after.
 */
export function explainChange(
  flow: string,
  before: readonly HistoryRecord[],
  after: readonly HistoryRecord[],
): Explanation {
  const [old, now] = [flowsNamed(before, flow), flowsNamed(after, flow)];
  const lost = (one: FlowRecord) => one.iterations - one.succeeded;
  const change = shareOfIterations(now, lost) - shareOfIterations(old, lost);
  const partOf = (count: (one: FlowRecord) => number) =>
    (shareOfIterations(now, count) - shareOfIterations(old, count)) / change;
  return {
    steps: largest(
      stepNames([...old, ...now])
        .filter((step) => differ(ratesOf(old, step), ratesOf(now, step)))
        .map((step) => ({
          step,
          from: stepSuccessRate(old, step),
          to: stepSuccessRate(now, step),
          share: partOf((one) => failuresAtStep(one, step)),
        })),
    ),
    reasons: largest(
      failureReasons([...old, ...now]).map((reason) => {
        const count = (one: FlowRecord) => failuresWithReason(one, reason);
        return {
          reason,
          from: shareOfIterations(old, count),
          to: shareOfIterations(now, count),
          share: partOf(count),
        };
      }),
    ),
  };
}

const largest = <T extends Contribution>(parts: readonly T[]): T[] =>
  parts.filter(({ share }) => share >= MIN_CONTRIBUTION).sort((a, b) => b.share - a.share);

/** Of each run in which anybody came to the step. */
const ratesOf = (flows: readonly FlowRecord[], step: string): number[] =>
  flows.map((flow) => stepSuccessRate([flow], step)).filter((rate) => !Number.isNaN(rate));

function differ(before: readonly number[], after: readonly number[]): boolean {
  const interval = differenceInterval(before, after);
  return interval !== null && (interval.low > 0 || interval.high < 0);
}
