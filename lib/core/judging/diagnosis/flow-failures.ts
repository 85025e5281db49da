import type { Evidence, FlowFigures, JudgedCriterion } from '../../evidence/index.ts';
import { sum, wilsonInterval } from '../../numbers/index.ts';

/** What the dependencies of a healthy target fail at on an ordinary day. */
export const USUAL_FAILURE_RATE = 0.03;

/** The flow that a criterion is about. */
export const flowOfCriterion = ({ flows }: Evidence, { flow }: JudgedCriterion): FlowFigures | undefined =>
  flows.find(({ name }) => name === flow);

/** A flow tells a failure as `step: why`. */
export const failedStepOf = (reason: string): string => reason.split(': ', 1)[0] ?? '';
export const failureDetail = (reason: string): string => reason.slice(failedStepOf(reason).length + 2);

export const sumCounts = (counted: readonly { count: number }[]): number =>
  sum(counted.map(({ count }) => count));

/**
 * Failures that none of the requests tells of: the target had accepted what was asked of it, and then it came to
 * nothing.
 */
export function failuresAfterAcceptance({ errors }: Evidence, flow: FlowFigures): FlowFigures['failures'] {
  const ofRequests = new Set(errors.flatMap(({ reason, kind }) => [reason, kind]));
  return flow.failures.filter(({ reason }) => !ofRequests.has(failureDetail(reason)));
}

/** Surely more often than is usual. */
export const failsUnusuallyOften = (failed: number, attempts: number): boolean =>
  attempts > 0 && wilsonInterval(failed, attempts).low > USUAL_FAILURE_RATE;

/** More of what was accepted came to nothing than is usual: no setting brings it back. */
export const losesWork = (evidence: Evidence): boolean =>
  evidence.flows.some((flow) =>
    failsUnusuallyOften(sumCounts(failuresAfterAcceptance(evidence, flow)), flow.iterations),
  );
