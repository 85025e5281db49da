import type { Evidence, FlowFigures } from '../../evidence/index.ts';
import { formatCount, formatExactValue, formatPercent, pluralize, sum } from '../../numbers/index.ts';
import {
  failedStepOf,
  failsUnusuallyOften,
  failureDetail,
  failuresAfterAcceptance,
  sumCounts,
  USUAL_FAILURE_RATE,
} from './flow-failures.ts';
import { wholeRun } from './periods.ts';
import { certainAbsence, type DiagnosisRule, directSignal, supportingSignal, uncertainAbsence } from './rule.ts';

const MIN_FAILURES = 5;
/** Maximum error rate of the target. Above it, the target itself may cause the failed steps. */
const MAX_TARGET_ERROR_RATE = 0.01;
/**
 * Reasons that describe a response of another service: `responded with 429`, `no response within 5000 ms`,
 * `ECONNRESET`.
 */
const DEPENDENCY_REASON = /\b[45]\d\d\b|timed?[- ]?out|no (answer|response)|\bE(CONN|TIMEDOUT|HOST|PIPE|AI_)/;
/** Failures that other rules diagnose. */
const OTHER_CAUSES = /circuit|breaker|pool|connection|database/i;

interface FailingStep {
  flow: string;
  step: string;
  attempts: number;
  failed: number;
  failures: FlowFigures['failures'];
}

const namesResponse = ({ reason }: { reason: string }) => DEPENDENCY_REASON.test(failureDetail(reason));

/**
 * Finds the steps that fail unusually often for reasons that no request to the target reported. The worst step comes
 * first.
 */
function failingSteps(evidence: Evidence): FailingStep[] {
  const all = evidence.flows.flatMap((flow) => {
    const inside = failuresAfterAcceptance(evidence, flow).filter(
      ({ reason }) => !OTHER_CAUSES.test(failureDetail(reason)),
    );
    return flow.steps.flatMap(({ name, attempts }) => {
      const failures = inside.filter(({ reason }) => failedStepOf(reason) === name);
      const failed = sumCounts(failures);
      return failed >= MIN_FAILURES && failsUnusuallyOften(failed, attempts)
        ? [{ flow: flow.name, step: name, attempts, failed, failures }]
        : [];
    });
  });
  const withResponse = all.filter(({ failures }) => failures.some(namesResponse));
  return (withResponse.length > 0 ? withResponse : all).sort((a, b) => b.failed - a.failed);
}

export const failingDependency: DiagnosisRule = {
  cause: 'failing-dependency',
  title: 'A dependency fails',
  alternatives: ['database-unavailable', 'database-pool-exhausted', 'process-crash'],

  suspect(evidence) {
    const steps = failingSteps(evidence);
    const [worst] = steps;
    if (!worst) return null;
    const span = wholeRun(evidence);
    const responses = steps.flatMap(({ failures }) => failures).filter(namesResponse);
    const { errorRate } = evidence.totals;
    const share = worst.failed / worst.attempts;
    const isLimited = worst.failures.some(({ reason }) => failureDetail(reason).includes('429'));
    return {
      signals: [
        supportingSignal(
          span,
          `${steps.map(({ flow, step, attempts, failed }) => `${step} of ${flow} failed ${failed} of ${attempts} times (${formatPercent(failed / attempts)})`).join(', ')}, although no request to the target reported these failures`,
        ),
        responses.length > 0 &&
          directSignal(span, responses.map(({ reason, count }) => `${failureDetail(reason)} (${count})`).join(', ')),
        errorRate < MAX_TARGET_ERROR_RATE &&
          supportingSignal(span, `only ${formatPercent(errorRate)} of the requests to the target itself failed`),
      ],
      recommendation: `Retry the calls of the step ${worst.step} to its dependency ${isLimited ? 'after the delay in its Retry-After header' : 'with increasing delays'}: if failures are random, one retry reduces ${formatPercent(share)} failures to ${formatPercent(share ** 2)}. ${isLimited ? 'Request a higher limit, or send fewer calls at a time through a queue.' : 'Ask the provider of the dependency about these failures.'}`,
      effect: {
        matchesFailure: (reason) =>
          steps.some(({ step }) => step === failedStepOf(reason)) && !OTHER_CAUSES.test(failureDetail(reason)),
      },
    };
  },

  absence({ flows }) {
    if (flows.length === 0) return uncertainAbsence('failing dependencies: the test measured no flow');
    const iterations = sum(flows.map((flow) => flow.iterations));
    const failed = iterations - sum(flows.map(({ succeeded }) => succeeded));
    return certainAbsence(
      `${formatCount(failed)} of ${pluralize(iterations, 'flow iteration')} failed, and no step failed significantly more often than ${formatExactValue(USUAL_FAILURE_RATE, 'fraction')} because of a dependency`,
    );
  },
};
