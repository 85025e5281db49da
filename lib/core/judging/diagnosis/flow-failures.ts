import type { Evidence, FlowFigures, JudgedCriterion } from '../../evidence/index.ts';
import { sum, wilsonInterval } from '../../numbers/index.ts';

/** Failure rate that is normal for the dependencies of a healthy target. */
export const USUAL_FAILURE_RATE = 0.03;

/** Returns the flow that a criterion measures. */
export const flowOfCriterion = ({ flows }: Evidence, { flow }: JudgedCriterion): FlowFigures | undefined =>
  flows.find(({ name }) => name === flow);

/** Returns the step from a failure reason such as `pay: responded with 500`. */
export const failedStepOf = (reason: string): string => reason.split(': ', 1)[0] ?? '';
export const failureDetail = (reason: string): string => reason.slice(failedStepOf(reason).length + 2);

export const sumCounts = (counted: readonly { count: number }[]): number => sum(counted.map(({ count }) => count));

/**
 * Finds flow failures that no request reported as an error, because the target accepted the request and the work failed
 * later.
 */
export function failuresAfterAcceptance({ errors }: Evidence, flow: FlowFigures): FlowFigures['failures'] {
  const requestReasons = new Set(errors.flatMap(({ reason, kind }) => [reason, kind]));
  return flow.failures.filter(({ reason }) => !requestReasons.has(failureDetail(reason)));
}

/** Returns whether the failure rate is significantly above {@link USUAL_FAILURE_RATE}. */
export const failsUnusuallyOften = (failed: number, attempts: number): boolean =>
  attempts > 0 && wilsonInterval(failed, attempts).low > USUAL_FAILURE_RATE;

/**
 * Returns whether work that the target had accepted failed unusually often. No configuration change can recover such
 * work.
 */
export const losesWork = (evidence: Evidence): boolean =>
  evidence.flows.some((flow) =>
    failsUnusuallyOften(sumCounts(failuresAfterAcceptance(evidence, flow)), flow.iterations),
  );
