import type { EndpointFigures, PhaseFigures, Result } from '../../../lib/core/evidence/index.ts';
import { formatCount, formatValue } from '../../../lib/core/numbers/index.ts';
import type { Block, Cell, Section } from '../document.ts';
import { formatRange } from '../format.ts';
import { absent, NOTHING, right, stat, stats, table } from './blocks.ts';

export function phasesSection({ phases }: Result): Section {
  return {
    id: 'phases',
    title: 'Phases',
    blocks:
      phases.length === 0
        ? [absent('No phase of the workload was measured.')]
        : [
            table('Requests by phase of the workload', ['Phase', ...right(...FIGURES)], phases.map(phaseRow)),
            ...byEndpoint(phases),
          ],
  };
}

const FIGURES = ['From and to', 'Requests', 'Rate', 'p50', 'p95', 'p99', 'Longest', 'Errors', 'Error rate'];

/** Which endpoint was slow, and which failed, in which phase; of a single phase, that is told with the endpoints. */
function byEndpoint(phases: readonly PhaseFigures[]): Block[] {
  const names = new Set(
    phases.flatMap(({ endpoints }) =>
      endpoints.filter(({ requests }) => requests > 0).map(({ name }) => name),
    ),
  );
  if (phases.length < 2 || names.size === 0) return [];
  const matrix = (caption: string, cell: (endpoint: EndpointFigures) => string) =>
    table(
      caption,
      ['Endpoint', ...right(...phases.map(({ name }) => name))],
      [...names].map((name) => [
        name,
        ...phases.map(({ endpoints }) => {
          const found = endpoints.find((endpoint) => endpoint.name === name);
          return found ? cell(found) : NOTHING;
        }),
      ]),
    );
  return [
    matrix('p95 by endpoint and phase', ({ durationMs }) => stat(durationMs, 'p95')),
    matrix('Errors by endpoint and phase', ({ errors }) => formatCount(errors)),
  ];
}

function phaseRow(phase: PhaseFigures): Cell[] {
  const { name, startMs, endMs, requests, throughputPerS, durationMs, errors, errorRate } = phase;
  return [
    name,
    formatRange(startMs, endMs),
    formatCount(requests),
    formatValue(throughputPerS, 'perSecond'),
    ...stats(durationMs, 'p50', 'p95', 'p99', 'max'),
    formatCount(errors),
    requests === 0 ? NOTHING : formatValue(errorRate, 'fraction'),
  ];
}
