import { type Evidence, type Point, pointsOf, TARGET_COLUMNS } from '../../evidence/index.ts';
import { count, formatCount } from '../../numbers/index.ts';
import { countOf, stepOf } from './journeys.ts';
import { absent, fits, type Rule, says, unseen } from './rule.ts';
import { spanOf, stretchesOf, underLoad } from './stretches.ts';

const OPEN = 2;
const BREAKER = /circuit|breaker/i;
const saysSo = ({ reason }: { reason: string }) => BREAKER.test(reason);

const statesOf = (evidence: Evidence) =>
  underLoad(evidence, pointsOf(evidence.resources.target, TARGET_COLUMNS.circuitBreakerState));

const isOpen = ({ value }: Point) => value >= OPEN;

export const circuitBreakerOpen: Rule = {
  cause: 'circuit-breaker-open',
  title: 'A circuit breaker is open',
  alternatives: ['database-unavailable', 'process-crash'],

  suspect(evidence) {
    const states = statesOf(evidence);
    const open = states.filter(isOpen);
    if (open.length === 0) return null;
    const span = spanOf(stretchesOf(states, isOpen));
    const failures = evidence.flows.flatMap((flow) => flow.failures);
    const untried = countOf([...failures, ...evidence.errors].filter(saysSo));
    const all = countOf([...failures, ...evidence.errors]);
    const steps = [...new Set(failures.filter(saysSo).map(({ reason }) => stepOf(reason)))];
    // What failed in the same steps before is what opened it.
    const tried = failures.filter((one) => steps.includes(stepOf(one.reason)) && !saysSo(one));
    return {
      signals: [
        says(
          span,
          `a circuit breaker was open in ${formatCount(open.length)} of ${count(states.length, 'sample')}`,
        ),
        untried > 0 &&
          fits(span, `${formatCount(untried)} of ${count(all, 'failure')} say that they were not even tried`),
        tried.length > 0 &&
          fits(
            span,
            `${countOf(tried)} of those that were tried failed: ${tried.map((one) => `${one.reason} (${one.count})`).join(', ')}`,
          ),
      ],
      recommendation: `Mend what lies behind the breaker${steps.length > 0 ? ` (${steps.join(', ')})` : ''}: it opened because most calls failed. Then give the calls a fallback or a queue, so that ${untried > 0 ? `the ${untried} that were not tried` : 'those that are not tried'} are put off and not lost.`,
      effect: {
        errors: saysSo,
        failures: (reason) => BREAKER.test(reason) || steps.includes(stepOf(reason)),
      },
    };
  },

  absence: (evidence) =>
    statesOf(evidence).length === 0
      ? unseen('circuit breakers: the target tells nothing of any')
      : absent('no circuit breaker was open'),
};
