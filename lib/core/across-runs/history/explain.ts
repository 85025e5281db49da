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

/** The steps and failure reasons behind a change of a flow's success rate. */
export interface Explanation {
  /** Steps whose success rate changed significantly. The step with the largest share of the change comes first. */
  steps: StepChange[];
  /** Failure reasons that became more or less frequent. The reason with the largest share of the change comes first. */
  reasons: ReasonChange[];
}

/** Change of the success rate of a step. `from` and `to` are fractions of the attempts of the step. */
interface StepChange extends Contribution {
  step: string;
}

/** Change of the frequency of a failure reason. `from` and `to` are fractions of all iterations of the flow. */
interface ReasonChange extends Contribution {
  reason: string;
}

interface Contribution {
  from: number;
  to: number;
  /** Fraction of the change of the flow that this step or reason causes. */
  share: number;
}

/** Steps and failure reasons that cause a smaller share of a change are not listed. */
const MIN_CONTRIBUTION = 0.2;

/**
 * Attributes a change of a flow's success rate to steps and failure reasons. A flow ends at its first failed step. The
 * number of failed iterations is therefore the sum of the failures over all steps, and also the sum over all reasons. A
 * step is listed only if its own success rate changed significantly: Welch's interval for the difference between the
 * runs before and after the change, with one value per run, must exclude 0.
 */
export function explainChange(
  flow: string,
  before: readonly HistoryRecord[],
  after: readonly HistoryRecord[],
): Explanation {
  const [oldFlows, newFlows] = [flowsNamed(before, flow), flowsNamed(after, flow)];
  const failuresOf = ({ iterations, succeeded }: FlowRecord) => iterations - succeeded;
  const change = shareOfIterations(newFlows, failuresOf) - shareOfIterations(oldFlows, failuresOf);
  const shareOfChange = (count: (flow: FlowRecord) => number) =>
    (shareOfIterations(newFlows, count) - shareOfIterations(oldFlows, count)) / change;
  return {
    steps: largest(
      stepNames([...oldFlows, ...newFlows])
        .filter((step) => differ(successRates(oldFlows, step), successRates(newFlows, step)))
        .map((step) => ({
          step,
          from: stepSuccessRate(oldFlows, step),
          to: stepSuccessRate(newFlows, step),
          share: shareOfChange((record) => failuresAtStep(record, step)),
        })),
    ),
    reasons: largest(
      failureReasons([...oldFlows, ...newFlows]).map((reason) => {
        const count = (record: FlowRecord) => failuresWithReason(record, reason);
        return {
          reason,
          from: shareOfIterations(oldFlows, count),
          to: shareOfIterations(newFlows, count),
          share: shareOfChange(count),
        };
      }),
    ),
  };
}

const largest = <T extends Contribution>(parts: readonly T[]): T[] =>
  parts.filter(({ share }) => share >= MIN_CONTRIBUTION).sort((a, b) => b.share - a.share);

/** Returns the success rate of a step in each run that attempted the step. */
const successRates = (flows: readonly FlowRecord[], step: string): number[] =>
  flows.map((flow) => stepSuccessRate([flow], step)).filter((rate) => !Number.isNaN(rate));

function differ(before: readonly number[], after: readonly number[]): boolean {
  const interval = differenceInterval(before, after);
  return interval !== null && (interval.low > 0 || interval.high < 0);
}
