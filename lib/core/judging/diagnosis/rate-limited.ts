import type { Evidence } from '../../evidence/index.ts';
import { formatRate } from '../../numbers/index.ts';
import { meanRates, type Refusals, ratesByWindow, refusalSignals, refusalsOf } from './refusals.ts';
import { certainAbsence, type DiagnosisRule, supportingSignal } from './rule.ts';

const KIND = 'rate-limited';
/** At the edges of a ramp a limit only begins to bite: windows with less than this part of the most are left out. */
const BITING = 0.25;
/** Room above what is asked for: requests do not come evenly. */
const HEADROOM = 1.2;
/** With more than this refused, what lies behind the limit was not loaded as planned, and nobody knows how it holds. */
const MOST_REFUSED = 0.1;

export const rateLimited: DiagnosisRule = {
  cause: 'rate-limited',
  title: 'Requests are rate limited',
  alternatives: ['cpu-saturated', 'database-pool-exhausted'],

  suspect(evidence) {
    const refusals = refusalsOf(evidence, KIND);
    if (!refusals) return null;
    const { asked, through, even } = ratesOf(evidence, refusals);
    return {
      signals: [
        ...refusalSignals(refusals, '429'),
        even &&
          supportingSignal(
            refusals,
            `what was let through stayed at ${formatRate(through)} of ${formatRate(asked)}`,
          ),
      ],
      recommendation: `Raise the limit from about ${formatRate(through)} to at least ${formatRate(asked * HEADROOM)}, or spread the load over as many clients as there will be. ${formatRate(asked)} were asked for; a test with one token is limited as one client.`,
      effect: {
        matchesError: ({ kind }) => kind === KIND,
        matchesFailure: (reason) => /rate[-_ ]?limit|too[-_ ]many/i.test(reason),
      },
      configurable: refusals.share <= MOST_REFUSED,
    };
  },

  absence: () => certainAbsence('fewer than 1 % of the requests were answered 429'),
};

/** Requests a second while the limit bites: those that were sent, and those that were not refused. */
function ratesOf(evidence: Evidence, { countsByWindow: inWindows }: Refusals) {
  const most = Math.max(...inWindows);
  return meanRates(ratesByWindow(evidence, inWindows).filter(({ refused }) => refused >= BITING * most));
}
