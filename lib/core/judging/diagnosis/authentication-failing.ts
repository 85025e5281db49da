import type { Evidence } from '../../evidence/index.ts';
import { formatDuration, formatPercent } from '../../numbers/index.ts';
import { totalsInsideAndOutside } from './periods.ts';
import { type Refusals, refusalSignals, refusalsOf } from './refusals.ts';
import { certainAbsence, type DiagnosisRule, supportingSignal } from './rule.ts';

const KIND = 'authentication';
/**
 * Minimum share of refusals after the first one: the target refuses nearly every request once a credential stops
 * working.
 */
const MIN_SHARE_SINCE = 0.5;

/** Refusals as a share of the requests from the first refusal on. */
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
        since >= MIN_SHARE_SINCE &&
          supportingSignal(
            refusals,
            `${formatPercent(since)} of the requests were refused ${fromMs === 0 ? 'from the start' : `from ${formatDuration(fromMs)} on, and none before`}`,
          ),
      ],
      recommendation:
        fromMs === 0
          ? `Give the test valid credentials for this deployment: ${endpoints.join(', ')} refused them from the start.`
          : `Find out why the credentials stopped working ${formatDuration(fromMs)} after the start: an expired token, a rotated key or a limited session. Let the test renew them. Refused requests put no load on the systems behind the target, so this run shows little about them.`,
      effect: {
        matchesError: ({ kind }) => kind === KIND,
        matchesFailure: (reason) => /authentic|unauthori[sz]ed|forbidden|token/i.test(reason),
      },
    };
  },

  absence: () => certainAbsence('fewer than 1 % of the requests were refused because of their credentials'),
};
