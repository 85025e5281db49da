import type { Evidence } from '../../evidence/index.ts';
import { formatDuration, formatPercent } from '../../numbers/index.ts';
import { totalsInsideAndOutside } from './periods.ts';
import { type Refusals, refusalSignals, refusalsOf } from './refusals.ts';
import { certainAbsence, type DiagnosisRule, supportingSignal } from './rule.ts';

const KIND = 'authentication';
/** A credential that is no longer taken is refused from then on, wherever it is asked for. */
const MOST = 0.5;

/** Of the requests from the first refusal on. */
const shareSince = (evidence: Evidence, refusals: Refusals) =>
  refusals.count / totalsInsideAndOutside(evidence, [refusals]).inside.requests;

export const authenticationFailing: DiagnosisRule = {
  cause: 'authentication-failing',
  title: 'Credentials are refused',
  alternatives: ['process-crash', 'rate-limited'],

  suspect(evidence) {
    const refusals = refusalsOf(evidence, KIND);
    if (!refusals) return null;
    const { fromMs, endpoints } = refusals;
    const since = shareSince(evidence, refusals);
    return {
      signals: [
        ...refusalSignals(refusals, '401 or 403'),
        since >= MOST &&
          supportingSignal(
            refusals,
            `${formatPercent(since)} of the requests were refused ${fromMs === 0 ? 'from the start' : `from ${formatDuration(fromMs)} on, and none before`}`,
          ),
      ],
      recommendation:
        fromMs === 0
          ? `Give the test the credentials of this deployment: ${endpoints.join(', ')} refused them from the start.`
          : `Find out what ended the credentials ${formatDuration(fromMs)} after the start: a token that expires sooner than the run, a key that was rotated, a session that is limited. Let the test renew them. What was refused put no load on what lies behind, so the run says little of how that holds.`,
      effect: {
        matchesError: ({ kind }) => kind === KIND,
        matchesFailure: (reason) => /authentic|unauthori[sz]ed|forbidden|token/i.test(reason),
      },
    };
  },

  absence: () => certainAbsence('fewer than 1 % of the requests were refused for their credentials'),
};
