import { type Evidence, pointsOf, type SamplePoint, TARGET_COLUMNS } from '../../evidence/index.ts';
import { formatCount, pluralize } from '../../numbers/index.ts';
import { failedStepOf, sumCounts } from './flow-failures.ts';
import { periodsWhere, samplesUnderLoad, spanOf } from './periods.ts';
import {
  certainAbsence,
  type DiagnosisRule,
  directSignal,
  supportingSignal,
  uncertainAbsence,
} from './rule.ts';

const OPEN = 2;
const BREAKER = /circuit|breaker/i;
const saysSo = ({ reason }: { reason: string }) => BREAKER.test(reason);

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
    const untried = sumCounts([...failures, ...evidence.errors].filter(saysSo));
    const all = sumCounts([...failures, ...evidence.errors]);
    const steps = [...new Set(failures.filter(saysSo).map(({ reason }) => failedStepOf(reason)))];
    // What failed in the same steps before is what opened it.
    const tried = failures.filter((one) => steps.includes(failedStepOf(one.reason)) && !saysSo(one));
    return {
      signals: [
        directSignal(
          span,
          `a circuit breaker was open in ${formatCount(open.length)} of ${pluralize(states.length, 'sample')}`,
        ),
        untried > 0 &&
          supportingSignal(
            span,
            `${formatCount(untried)} of ${pluralize(all, 'failure')} say that they were not even tried`,
          ),
        tried.length > 0 &&
          supportingSignal(
            span,
            `${sumCounts(tried)} of those that were tried failed: ${tried.map((one) => `${one.reason} (${one.count})`).join(', ')}`,
          ),
      ],
      recommendation: `Mend what lies behind the breaker${steps.length > 0 ? ` (${steps.join(', ')})` : ''}: it opened because most calls failed. Then give the calls a fallback or a queue, so that ${untried > 0 ? `the ${untried} that were not tried` : 'those that are not tried'} are put off and not lost.`,
      effect: {
        matchesError: saysSo,
        matchesFailure: (reason) => BREAKER.test(reason) || steps.includes(failedStepOf(reason)),
      },
    };
  },

  absence: (evidence) =>
    statesOf(evidence).length === 0
      ? uncertainAbsence('circuit breakers: the target tells nothing of any')
      : certainAbsence('no circuit breaker was open'),
};
