import type { EndpointFigures, Result } from '../../../lib/core/evidence/index.ts';
import { formatCount, formatValue } from '../../../lib/core/numbers/index.ts';
import type { Cell, Section } from '../document.ts';
import { absent, right, table } from './blocks.ts';

/** How often each status came, and what the test takes it for at each endpoint. */
export function statusesSection(result: Result): Section {
  const rows = result.endpoints.flatMap((endpoint) => endpointRows(endpoint, result));
  return {
    id: 'statuses',
    title: 'Status codes',
    blocks: [
      rows.length === 0
        ? absent('Which endpoint answered what is not known.')
        : table(
            'Status codes by endpoint, with their share of its requests',
            ['Endpoint', 'Status', ...right('Requests', 'Share', 'Expected', 'Refused by design', 'Errors')],
            rows,
          ),
    ],
  };
}

function endpointRows(endpoint: EndpointFigures, { errors }: Result): Cell[][] {
  const { name, requests, statuses, refusals } = endpoint;
  const own = errors.filter((error) => error.endpoint === name);
  return Object.entries(statuses).map(([status, count]) => {
    const isUnanswered = status === '0';
    const refused = refusals[status] ?? 0;
    const wrong = own
      // Without an answer, the code is k6's and not a status.
      .filter(({ code }) => (isUnanswered ? !(code in statuses) : code === status))
      .reduce((sum, error) => sum + error.count, 0);
    return [
      name,
      isUnanswered ? 'no answer' : status,
      formatCount(count),
      formatValue(count / requests, 'fraction'),
      formatCount(Math.max(0, count - refused - wrong)),
      formatCount(refused),
      formatCount(wrong),
    ];
  });
}
