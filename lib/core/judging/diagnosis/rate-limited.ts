import type { Evidence } from '../../evidence/index.ts';
import { formatRate } from '../../numbers/index.ts';
import { meanRates, type Refusals, ratesByWindow, refusalSignals, refusalsOf } from './refusals.ts';
import { certainAbsence, type DiagnosisRule, supportingSignal } from './rule.ts';

const KIND = 'rate-limited';
/**
 * Windows with less than this share of the maximum refusals are ignored, because the limit hardly applies at the
 * edges of a ramp.
 */
const MIN_REFUSED_SHARE = 0.25;
/** Factor by which the recommended limit exceeds the measured rate, because requests do not arrive evenly. */
const HEADROOM = 1.2;
/**
 * With a higher share of refusals, the systems behind the limit did not get the planned load, so a higher limit is
 * untested.
 */
const MAX_FIXABLE_SHARE = 0.1;

export const rateLimited: DiagnosisRule = {
  cause: 'rate-limited',
  title: 'Requests are rate limited',
  alternatives: ['cpu-saturated', 'database-pool-exhausted'],

  suspect(evidence) {
    const refusals = refusalsOf(evidence, KIND);
    if (!refusals) return null;
    const { sentPerS, acceptedPerS, isSteady } = ratesOf(evidence, refusals);
    return {
      signals: [
        ...refusalSignals(refusals, '429'),
        isSteady &&
          supportingSignal(
            refusals,
            `the target accepted a steady ${formatRate(acceptedPerS)} of ${formatRate(sentPerS)}`,
          ),
      ],
      recommendation: `Raise the rate limit from about ${formatRate(acceptedPerS)} to at least ${formatRate(sentPerS * HEADROOM)}, or spread the load over as many clients as in production. The test sent ${formatRate(sentPerS)}; with a single token, the target treats the whole test as one client.`,
      effect: {
        matchesError: ({ kind }) => kind === KIND,
        matchesFailure: (reason) => /rate[-_ ]?limit|too[-_ ]many/i.test(reason),
      },
      configurable: refusals.share <= MAX_FIXABLE_SHARE,
    };
  },

  absence: () => certainAbsence('fewer than 1 % of the requests got a 429 response'),
};

/** Sent and accepted requests per second while the limit applied. */
function ratesOf(evidence: Evidence, { countsByWindow }: Refusals) {
  const maxRefused = Math.max(...countsByWindow);
  return meanRates(
    ratesByWindow(evidence, countsByWindow).filter(({ refused }) => refused >= MIN_REFUSED_SHARE * maxRefused),
  );
}
