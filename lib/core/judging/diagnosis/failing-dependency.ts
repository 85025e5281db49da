import type { Evidence, FlowFigures } from '../../evidence/index.ts';
import { count, formatCount, formatExactValue, formatPercent, sum } from '../../numbers/index.ts';
import { countOf, failuresInside, isUnusual, stepOf, USUAL_FAILURES, whyOf } from './journeys.ts';
import { absent, fits, type Rule, says, unseen } from './rule.ts';
import { wholeRun } from './stretches.ts';

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

const isAnswer = ({ reason }: { reason: string }) => ANSWER.test(whyOf(reason));

/** Steps that fail more often than is usual, for a reason that none of our own requests gave; the worst first. */
function failingSteps(evidence: Evidence): FailingStep[] {
  const all = evidence.flows.flatMap((flow) => {
    const inside = failuresInside(evidence, flow).filter(({ reason }) => !KNOWN.test(whyOf(reason)));
    return flow.steps.flatMap(({ name, attempts }) => {
      const failures = inside.filter(({ reason }) => stepOf(reason) === name);
      const failed = countOf(failures);
      return failed >= FEWEST && isUnusual(failed, attempts)
        ? [{ flow: flow.name, step: name, attempts, failed, failures }]
        : [];
    });
  });
  const answered = all.filter(({ failures }) => failures.some(isAnswer));
  return (answered.length > 0 ? answered : all).sort((a, b) => b.failed - a.failed);
}

export const failingDependency: Rule = {
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
    const isLimited = worst.failures.some(({ reason }) => whyOf(reason).includes('429'));
    return {
      signals: [
        fits(
          span,
          `${steps.map(({ flow, step, attempts, failed }) => `${step} of ${flow} failed ${failed} of ${attempts} times (${formatPercent(failed / attempts)})`).join(', ')}, while no request to the target told of it`,
        ),
        answers.length > 0 &&
          says(span, answers.map((one) => `${whyOf(one.reason)} (${one.count})`).join(', ')),
        errorRate < OWN_ERRORS &&
          fits(span, `${formatPercent(errorRate)} of the requests to the target itself failed`),
      ],
      recommendation: `Call what ${worst.step} depends on again when it fails, ${isLimited ? 'after as long as its Retry-After asks for' : 'after a pause that grows'}: with failures by chance, ${formatPercent(share)} would become ${formatPercent(share ** 2)} with one repetition. ${isLimited ? 'Ask for a higher limit, or send less at a time through a queue.' : 'Ask its provider what these failures are.'}`,
      effect: {
        failures: (reason) => steps.some(({ step }) => step === stepOf(reason)) && !KNOWN.test(whyOf(reason)),
      },
    };
  },

  absence({ flows }) {
    if (flows.length === 0) return unseen('dependencies that fail: no flow was followed to its end');
    const iterations = sum(flows.map((flow) => flow.iterations));
    const failed = iterations - sum(flows.map(({ succeeded }) => succeeded));
    return absent(
      `${formatCount(failed)} of ${count(iterations, 'journey')} failed, in no step surely more than ${formatExactValue(USUAL_FAILURES, 'fraction')} for a dependency`,
    );
  },
};
