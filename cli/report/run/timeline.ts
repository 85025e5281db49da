import type { EndpointFigures, PhaseFigures, Result } from '../../../lib/core/evidence/index.ts';
import { formatShare, formatValue } from '../../../lib/core/numbers/index.ts';
import {
  absentBlock,
  type CellValue,
  numberColumns,
  section,
  statText,
  statTexts,
  tableBlock,
  timeChartBlock,
} from '../block-builders.ts';
import { formatRange } from '../format.ts';
import type { Block, Section, TimeChart } from '../report-document.ts';
import { maxAt, periodsWithWindows, sumAt, type ValueColumn } from './even-periods.ts';

/** Builds the section about load and response times over the time of the run. */
export function timelineSection(result: Result): Section {
  return section(
    'timeline',
    'Timeline',
    result.windows.startMs.length === 0
      ? absentBlock('No telemetry window is complete.')
      : [...charts(result), loadTable(result), responseTable(result)],
  );
}

function charts(result: Result): Block[] {
  const { windows, run } = result;
  const perSecond = (counts: readonly number[]) => counts.map((count, i) => rate(count, windows.durationMs[i] ?? 0));
  const chart = (id: string, title: string, unit: TimeChart['unit'], columns: Record<string, ValueColumn>): Block =>
    timeChartBlock(run, {
      id,
      title,
      unit,
      atMs: windows.startMs,
      series: Object.entries(columns).map(([name, values]) => ({ name, values: [...values] })),
    });
  return [
    chart('vus', 'Virtual users', 'count', { VUs: windows.vus }),
    chart('rate', 'Offered and achieved rate', 'perSecond', {
      'offered iterations': perSecond(offered(result)),
      'achieved iterations': perSecond(windows.iterations),
      requests: perSecond(windows.requests),
    }),
    chart('response-time', 'Response time', 'ms', {
      p50: windows.p50Ms,
      p95: windows.p95Ms,
      p99: windows.p99Ms,
    }),
  ];
}

/**
 * Returns the number of iterations that were due in each window. Iterations that finished count, and so do iterations
 * that were dropped because no VU was free.
 */
const offered = ({ windows: { iterations, droppedIterations } }: Result): number[] =>
  iterations.map((count, i) => count + (droppedIterations[i] ?? 0));

const rate = (count: number | null, ms: number): number | null =>
  count !== null && ms > 0 ? count / (ms / 1000) : null;

function loadTable(result: Result): Block {
  const { windows } = result;
  const offeredIterations = offered(result);
  return tableBlock(
    'Load',
    ['Time', ...numberColumns('VUs (max)', 'Offered', 'Achieved', 'Dropped', 'Requests', 'Rate')],
    periodsWithWindows(result).map(({ fromMs, toMs, indexes }) => {
      const ms = sumAt(windows.durationMs, indexes);
      // Results from early versions of load-suite do not contain iterations per window.
      const counted = (column: ValueColumn) => (column.length === 0 ? null : sumAt(column, indexes));
      const perSecond = (column: ValueColumn) => formatValue(rate(counted(column), ms), 'perSecond');
      return [
        formatRange(fromMs, toMs),
        maxAt(windows.vus, indexes),
        perSecond(offeredIterations),
        perSecond(windows.iterations),
        counted(windows.droppedIterations),
        sumAt(windows.requests, indexes),
        perSecond(windows.requests),
      ];
    }),
  );
}

function responseTable(result: Result): Block {
  const { windows } = result;
  const totalMs = windows.requests.map((count, i) => count * (windows.meanMs[i] ?? 0));
  return tableBlock(
    'Response time (percentiles of the slowest window in each period)',
    ['Time', ...numberColumns('Mean', 'p50', 'p95', 'p99', 'Errors', 'Error rate')],
    periodsWithWindows(result).map(({ fromMs, toMs, indexes }) => {
      const requests = sumAt(windows.requests, indexes);
      const errors = sumAt(windows.errors, indexes);
      const slowest = (column: ValueColumn) => formatValue(maxAt(column, indexes), 'ms');
      return [
        formatRange(fromMs, toMs),
        formatValue(requests === 0 ? null : sumAt(totalMs, indexes) / requests, 'ms'),
        slowest(windows.p50Ms),
        slowest(windows.p95Ms),
        slowest(windows.p99Ms),
        errors,
        formatShare(errors, requests),
      ];
    }),
  );
}

export function phasesSection({ phases }: Result): Section {
  return section(
    'phases',
    'Phases',
    phases.length === 0
      ? absentBlock('No phase of the workload was measured.')
      : [
          tableBlock(
            'Requests by phase',
            [
              'Phase',
              ...numberColumns('Period', 'Requests', 'Rate', 'p50', 'p95', 'p99', 'Max', 'Errors', 'Error rate'),
            ],
            phases.map((phase) => [
              phase.name,
              formatRange(phase.startMs, phase.endMs),
              phase.requests,
              formatValue(phase.throughputPerS, 'perSecond'),
              ...statTexts(phase.responseTimeMs, 'p50', 'p95', 'p99', 'max'),
              phase.errors,
              formatValue(phase.requests === 0 ? null : phase.errorRate, 'fraction'),
            ]),
          ),
          ...byEndpoint(phases),
        ],
  );
}

/**
 * Builds tables of p95 and errors by endpoint and phase. With a single phase, the tables are omitted, because the table
 * of endpoints shows the same values.
 */
function byEndpoint(phases: readonly PhaseFigures[]): Block[] {
  const names = new Set(
    phases.flatMap(({ endpoints }) => endpoints.filter(({ requests }) => requests > 0).map(({ name }) => name)),
  );
  if (phases.length < 2 || names.size === 0) return [];
  const matrix = (caption: string, cell: (endpoint: EndpointFigures) => CellValue) =>
    tableBlock(
      caption,
      ['Endpoint', ...numberColumns(...phases.map(({ name }) => name))],
      [...names].map((name) => [
        name,
        ...phases.map(({ endpoints }) => {
          const found = endpoints.find((endpoint) => endpoint.name === name);
          return found ? cell(found) : null;
        }),
      ]),
    );
  return [
    matrix('p95 by endpoint and phase', ({ responseTimeMs }) => statText(responseTimeMs, 'p95')),
    matrix('Errors by endpoint and phase', ({ errors }) => errors),
  ];
}
