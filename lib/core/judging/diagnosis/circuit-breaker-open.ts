import { type Evidence, pointsOf, type SamplePoint, TARGET_COLUMNS } from '../../evidence/index.ts';
import { formatCount, pluralize } from '../../numbers/index.ts';
import { failedStepOf, sumCounts } from './flow-failures.ts';
import { periodsWhere, samplesUnderLoad, spanOf } from './periods.ts';
import { certainAbsence, type DiagnosisRule, directSignal, supportingSignal, uncertainAbsence } from './rule.ts';

const OPEN = 2;
const BREAKER_REASON = /circuit|breaker/i;
const namesBreaker = ({ reason }: { reason: string }) => BREAKER_REASON.test(reason);

const statesOf = (evidence: Evidence) =>
  samplesUnderLoad(evidence, pointsOf(evidence.resources.target, TARGET_COLUMNS.circuitBreakerState));

const isOpen = ({ value }: SamplePoint) => value >= OPEN;

export const circuitBreakerOpen: DiagnosisRule = {
  cause: 'circuit-breaker-open',
  title: 'A circuit breaker is open',
  alternatives: ['database-unavailable', 'process-crash'],

  suspect(evidence) {
    const states = statesOf(evidence);
    const open = states.filter(isOpen);
    if (open.length === 0) return null;
    const span = spanOf(periodsWhere(states, isOpen));
    const failures = evidence.flows.flatMap((flow) => flow.failures);
    const notAttempted = sumCounts([...failures, ...evidence.errors].filter(namesBreaker));
    const total = sumCounts([...failures, ...evidence.errors]);
    const steps = [...new Set(failures.filter(namesBreaker).map(({ reason }) => failedStepOf(reason)))];
    // Find the other failures in the same steps, because they opened the breaker.
    const attempted = failures.filter(
      (failure) => steps.includes(failedStepOf(failure.reason)) && !namesBreaker(failure),
    );
    return {
      signals: [
        directSignal(
          span,
          `a circuit breaker was open in ${formatCount(open.length)} of ${pluralize(states.length, 'sample')}`,
        ),
        notAttempted > 0 &&
          supportingSignal(
            span,
            `${formatCount(notAttempted)} of ${pluralize(total, 'failure')} were calls that the breaker did not let through`,
          ),
        attempted.length > 0 &&
          supportingSignal(
            span,
            `the same steps failed ${sumCounts(attempted)} times for other reasons: ${attempted.map(({ reason, count }) => `${reason} (${count})`).join(', ')}`,
          ),
      ],
      recommendation: `Fix the dependency behind the breaker${steps.length > 0 ? ` (${steps.join(', ')})` : ''}: the breaker opened because most calls failed. Then add a fallback or a queue, so that ${notAttempted > 0 ? `the ${notAttempted} blocked calls` : 'blocked calls'} are delayed instead of lost.`,
      effect: {
        matchesError: namesBreaker,
        matchesFailure: (reason) => BREAKER_REASON.test(reason) || steps.includes(failedStepOf(reason)),
      },
    };
  },

  absence: (evidence) =>
    statesOf(evidence).length === 0
      ? uncertainAbsence('circuit breakers: the target does not report any')
      : certainAbsence('no circuit breaker was open'),
};
