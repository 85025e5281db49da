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
import {
  certainAbsence,
  type DiagnosisRule,
  directSignal,
  supportingSignal,
  uncertainAbsence,
} from './rule.ts';

const FEWEST = 5;
/** With more errors of its own, the target is no witness of what lies behind it. */
const OWN_ERRORS = 0.01;
/** What the answer of somebody else looks like: `answered 429`, `no answer within 5000 ms`, `ECONNRESET`. */
const ANSWER = /\b[45]\d\d\b|timed?[- ]?out|no answer|\bE(CONN|TIMEDOUT|HOST|PIPE|AI_)/;
/** Failures that other rules know by their names. */
const KNOWN = /circuit|breaker|pool|connection|database/i;

interface FailingStep {
  flow: string;
  step: string;
  attempts: number;
  failed: number;
  failures: FlowFigures['failures'];
}

const isAnswer = ({ reason }: { reason: string }) => ANSWER.test(failureDetail(reason));

/** Steps that fail more often than is usual, for a reason that none of our own requests gave; the worst first. */
function failingSteps(evidence: Evidence): FailingStep[] {
  const all = evidence.flows.flatMap((flow) => {
    const inside = failuresAfterAcceptance(evidence, flow).filter(
      ({ reason }) => !KNOWN.test(failureDetail(reason)),
    );
    return flow.steps.flatMap(({ name, attempts }) => {
      const failures = inside.filter(({ reason }) => failedStepOf(reason) === name);
      const failed = sumCounts(failures);
      return failed >= FEWEST && failsUnusuallyOften(failed, attempts)
        ? [{ flow: flow.name, step: name, attempts, failed, failures }]
        : [];
    });
  });
  const answered = all.filter(({ failures }) => failures.some(isAnswer));
  return (answered.length > 0 ? answered : all).sort((a, b) => b.failed - a.failed);
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
    const answers = steps.flatMap(({ failures }) => failures).filter(isAnswer);
    const { errorRate } = evidence.totals;
    const share = worst.failed / worst.attempts;
    const isLimited = worst.failures.some(({ reason }) => failureDetail(reason).includes('429'));
    return {
      signals: [
        supportingSignal(
          span,
          `${steps.map(({ flow, step, attempts, failed }) => `${step} of ${flow} failed ${failed} of ${attempts} times (${formatPercent(failed / attempts)})`).join(', ')}, while no request to the target told of it`,
        ),
        answers.length > 0 &&
          directSignal(span, answers.map((one) => `${failureDetail(one.reason)} (${one.count})`).join(', ')),
        errorRate < OWN_ERRORS &&
          supportingSignal(span, `${formatPercent(errorRate)} of the requests to the target itself failed`),
      ],
      recommendation: `Call what ${worst.step} depends on again when it fails, ${isLimited ? 'after as long as its Retry-After asks for' : 'after a pause that grows'}: with failures by chance, ${formatPercent(share)} would become ${formatPercent(share ** 2)} with one repetition. ${isLimited ? 'Ask for a higher limit, or send less at a time through a queue.' : 'Ask its provider what these failures are.'}`,
      effect: {
        matchesFailure: (reason) =>
          steps.some(({ step }) => step === failedStepOf(reason)) && !KNOWN.test(failureDetail(reason)),
      },
    };
  },

  absence({ flows }) {
    if (flows.length === 0)
      return uncertainAbsence('dependencies that fail: no flow was followed to its end');
    const iterations = sum(flows.map((flow) => flow.iterations));
    const failed = iterations - sum(flows.map(({ succeeded }) => succeeded));
    return certainAbsence(
      `${formatCount(failed)} of ${pluralize(iterations, 'journey')} failed, in no step surely more than ${formatExactValue(USUAL_FAILURE_RATE, 'fraction')} for a dependency`,
    );
  },
};
