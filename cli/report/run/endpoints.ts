import type { EndpointFigures, Result } from '../../../lib/core/evidence/index.ts';
import { formatCount, formatValue } from '../../../lib/core/numbers/index.ts';
import type { Section } from '../document.ts';
import { absent, list, right, stats, table, text } from './blocks.ts';

export function endpointsSection({ endpoints }: Result): Section {
  const used = endpoints.filter(({ requests }) => requests > 0);
  const unused = endpoints.filter(({ requests }) => requests === 0).map(({ name }) => name);
  return {
    id: 'endpoints',
    title: 'Endpoints',
    blocks: [
      used.length === 0
        ? absent('No request was sent to any endpoint.')
        : table(
            'Requests by endpoint',
            ['Endpoint', ...right(...FIGURES)],
            used.map((endpoint) => [endpoint.name, ...figureCells(endpoint)]),
          ),
      ...(used.length > 0 && unused.length > 0 ? [text('Without a request:'), list(unused)] : []),
    ],
  };
}

const FIGURES = ['Requests', 'Mean', 'p50', 'p95', 'p99', 'Longest', 'Errors', 'Error rate'];

function figureCells({ requests, errors, errorRate, durationMs }: EndpointFigures): string[] {
  return [
    formatCount(requests),
    ...stats(durationMs, 'mean', 'p50', 'p95', 'p99', 'max'),
    formatCount(errors),
    formatValue(errorRate, 'fraction'),
  ];
}
