import type { Evidence, FlowFigures, JudgedCriterion } from '../../evidence/index.ts';
import { sum, wilsonInterval } from '../../numbers/index.ts';

/** What the dependencies of a healthy target fail at on an ordinary day. */
export const USUAL_FAILURES = 0.03;

/** The flow that a criterion is about. */
export const flowOf = ({ flows }: Evidence, { flow }: JudgedCriterion): FlowFigures | undefined =>
  flows.find(({ name }) => name === flow);

/** A flow tells a failure as `step: why`. */
export const stepOf = (reason: string): string => reason.split(': ', 1)[0] ?? '';
export const whyOf = (reason: string): string => reason.slice(stepOf(reason).length + 2);

export const countOf = (counted: readonly { count: number }[]): number =>
  sum(counted.map(({ count }) => count));

/**
 * Failures that none of the requests tells of: the target had accepted what was asked of it, and then it came to
 * nothing.
 */
export function failuresInside({ errors }: Evidence, flow: FlowFigures): FlowFigures['failures'] {
  const ofRequests = new Set(errors.flatMap(({ reason, kind }) => [reason, kind]));
  return flow.failures.filter(({ reason }) => !ofRequests.has(whyOf(reason)));
}

/** Surely more often than is usual. */
export const isUnusual = (failed: number, attempts: number): boolean =>
  attempts > 0 && wilsonInterval(failed, attempts).low > USUAL_FAILURES;

/** More of what was accepted came to nothing than is usual: no setting brings it back. */
export const losesWork = (evidence: Evidence): boolean =>
  evidence.flows.some((flow) => isUnusual(countOf(failuresInside(evidence, flow)), flow.iterations));
