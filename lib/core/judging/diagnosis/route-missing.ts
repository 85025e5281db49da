import type { Evidence } from '../../evidence/index.ts';
import { formatPercent, pluralize } from '../../numbers/index.ts';
import { sumCounts } from './flow-failures.ts';
import { refusalSignals, refusalsOf } from './refusals.ts';
import { certainAbsence, type DiagnosisRule, supportingSignal } from './rule.ts';

const KIND = 'not-found';
/**
 * Minimum share of 404 responses of an endpoint. Below it, the route exists and only some requested records are
 * missing.
 */
const MIN_NOT_FOUND_SHARE = 0.5;

const sharesNotFound = ({ endpoints, errors }: Evidence, names: readonly string[]) =>
  names.map((name) => {
    const requests = endpoints.find((endpoint) => endpoint.name === name)?.requests ?? 0;
    const missing = sumCounts(errors.filter(({ kind, endpoint }) => kind === KIND && endpoint === name));
    return { name, share: missing / Math.max(1, requests) };
  });

export const routeMissing: DiagnosisRule = {
  cause: 'route-missing',
  title: 'Routes are missing',
  alternatives: ['process-crash'],

  suspect(evidence) {
    const refusals = refusalsOf(evidence, KIND);
    if (!refusals) return null;
    const shares = sharesNotFound(evidence, refusals.endpoints);
    const missing = shares.filter(({ share }) => share >= MIN_NOT_FOUND_SHARE);
    const unaffected = evidence.endpoints.length - shares.length;
    return {
      signals: [
        ...refusalSignals(refusals, '404'),
        missing.length > 0 &&
          supportingSignal(
            refusals,
            `affected: ${missing.map(({ name, share }) => `${formatPercent(share)} of ${name}`).join(', ')}; not affected: ${pluralize(unaffected, 'other endpoint')}`,
          ),
      ],
      recommendation:
        missing.length > 0
          ? `Compare the deployed version, and the routes of any proxy in front of the target, with the endpoints that the test calls. Not found: ${missing.map(({ name }) => name).join(', ')}.`
          : `Compare the ids that the test requests with the data of this deployment. Not found: ${shares.map(({ name, share }) => `${formatPercent(share)} of the requests to ${name}`).join(', ')}.`,
      effect: {
        matchesError: ({ kind }) => kind === KIND,
        matchesFailure: (reason) => /not[-_ ]found/i.test(reason),
      },
    };
  },

  absence: () => certainAbsence('fewer than 1 % of the requests got a 404 response'),
};
