import type { Evidence } from '../../evidence/index.ts';
import { formatPercent, pluralize } from '../../numbers/index.ts';
import { sumCounts } from './flow-failures.ts';
import { refusalSignals, refusalsOf } from './refusals.ts';
import { certainAbsence, type DiagnosisRule, supportingSignal } from './rule.ts';

const KIND = 'not-found';
/** Of the requests of an endpoint: where fewer are not found, it is there and some of what it is asked for is not. */
const MOST = 0.5;

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
    const missing = shares.filter(({ share }) => share >= MOST);
    const others = evidence.endpoints.length - shares.length;
    return {
      signals: [
        ...refusalSignals(refusals, '404'),
        missing.length > 0 &&
          supportingSignal(
            refusals,
            `${missing.map(({ name, share }) => `${formatPercent(share)} of ${name}`).join(', ')}, and none of ${pluralize(others, 'other endpoint')}`,
          ),
      ],
      recommendation:
        missing.length > 0
          ? `Compare the version that is deployed, and the routes of what stands before it, with what the test asks for: ${missing.map(({ name }) => name).join(', ')} is not there.`
          : `Compare the ids that the test asks for with the data of this deployment: ${shares.map(({ name, share }) => `${name} lacks ${formatPercent(share)} of them`).join(', ')}.`,
      effect: {
        matchesError: ({ kind }) => kind === KIND,
        matchesFailure: (reason) => /not[-_ ]found/i.test(reason),
      },
    };
  },

  absence: () => certainAbsence('fewer than 1 % of the requests were answered 404'),
};
