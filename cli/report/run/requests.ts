import type { EndpointFigures, PhaseFigures, Result } from '../../../lib/core/evidence/index.ts';
import { formatCount, formatMs, formatValue, sum } from '../../../lib/core/numbers/index.ts';
import {
  absentBlock,
  type CellValue,
  listBlock,
  NO_VALUE,
  numberColumns,
  section,
  statText,
  statTexts,
  tableBlock,
  tableOrAbsent,
  textBlock,
  valuesTable,
} from '../block-builders.ts';
import { formatRange } from '../format.ts';
import type { Block, Section } from '../report-document.ts';

/** Builds the section with the totals of a run. */
export function resultsSection(result: Result): Section {
  return section(
    'results',
    'Results',
    result.totals.requests === 0
      ? absentBlock('No request was sent.')
      : [totalsTable(result), statusesTable(result), contracts(result)],
  );
}

function totalsTable({ totals }: Result): Block {
  const { responseTimeMs } = totals;
  return valuesTable('All requests', [
    ['Requests', totals.requests],
    ['Rate', formatValue(totals.throughputPerS, 'perSecond')],
    ['Response time, p50', statText(responseTimeMs, 'p50')],
    ['Response time, p95', statText(responseTimeMs, 'p95')],
    ['Response time, p99', statText(responseTimeMs, 'p99')],
    ['Response time, max', statText(responseTimeMs, 'max')],
    ['Errors', totals.errors],
    ['Error rate', formatValue(totals.errorRate, 'fraction')],
    ['Iterations', totals.iterations],
    ['Data received', formatValue(totals.receivedBytes, 'bytes')],
    ['Data sent', formatValue(totals.sentBytes, 'bytes')],
  ]);
}

const statusesTable = ({ statuses, totals }: Result): Block =>
  tableBlock(
    'Responses by status',
    ['Status', ...numberColumns('Requests', 'Share')],
    Object.entries(statuses).map(([status, count]) => [
      status === '0' ? 'no response' : status,
      count,
      formatValue(count / totals.requests, 'fraction'),
    ]),
  );

const contracts = ({ contracts: { checked, broken } }: Result): Block =>
  checked === 0
    ? absentBlock('No response was checked against a contract.')
    : textBlock(
        `${formatCount(checked)} responses were checked against their contract, and ${formatCount(broken)} violated it.`,
      );

export function endpointsSection({ endpoints }: Result): Section {
  const used = endpoints.filter(({ requests }) => requests > 0);
  const unused = endpoints.filter(({ requests }) => requests === 0).map(({ name }) => name);
  return section('endpoints', 'Endpoints', [
    tableOrAbsent(
      'No request was sent to any endpoint.',
      'Requests by endpoint',
      ['Endpoint', ...numberColumns('Requests', 'Mean', 'p50', 'p95', 'p99', 'Max', 'Errors', 'Error rate')],
      used.map(({ name, requests, errors, errorRate, responseTimeMs }) => [
        name,
        requests,
        ...statTexts(responseTimeMs, 'mean', 'p50', 'p95', 'p99', 'max'),
        errors,
        formatValue(errorRate, 'fraction'),
      ]),
    ),
    ...(used.length > 0 && unused.length > 0 ? [textBlock('Endpoints without requests:'), listBlock(unused)] : []),
  ]);
}

/** Builds a table of the status codes of each endpoint, which shows how many responses the test expected. */
export function statusesSection(result: Result): Section {
  return section('statuses', 'Status codes', [
    tableOrAbsent(
      'Status codes by endpoint are unknown, because their telemetry was lost.',
      'Status codes by endpoint (share of its requests)',
      ['Endpoint', 'Status', ...numberColumns('Requests', 'Share', 'Expected', 'Refused by design', 'Errors')],
      result.endpoints.flatMap((endpoint) => endpointRows(endpoint, result)),
    ),
  ]);
}

function endpointRows(endpoint: EndpointFigures, { errors }: Result): CellValue[][] {
  const { name, statuses, refusals } = endpoint;
  // `endpoint.requests` is not used here, because it counts durations. A window that was cut short can contain the
  // status of a request without its duration.
  const allResponses = sum(Object.values(statuses));
  const endpointErrors = errors.filter((error) => error.endpoint === name);
  return Object.entries(statuses).map(([status, count]) => {
    const hasNoResponse = status === '0';
    const refused = refusals[status] ?? 0;
    const errorCount = endpointErrors
      // If there is no response, the error code is a code of k6 and not an HTTP status.
      .filter(({ code }) => (hasNoResponse ? !(code in statuses) : code === status))
      .reduce((sum, error) => sum + error.count, 0);
    return [
      name,
      hasNoResponse ? 'no response' : status,
      count,
      formatValue(count / allResponses, 'fraction'),
      Math.max(0, count - refused - errorCount),
      refused,
      errorCount,
    ];
  });
}

/**
 * Limits for the duration of an operation without concurrent load. An operation that exceeds a limit here is too slow
 * under load.
 */
const LIMITS = [
  { stat: 'p95', limitMs: 200 },
  { stat: 'mean', limitMs: 100 },
] as const;

/**
 * Builds a table of the duration of each operation, and lists the operations that are too slow. Returns null if the
 * workload is not sequential.
 */
export function benchmarkSection({ run, phases }: Result): Section | null {
  if (run.workload.kind !== 'sequential') return null;
  const operations = phases.flatMap((phase) => operationOf(phase) ?? []);
  return section(
    'benchmark',
    'Benchmark by operation',
    operations.length === 0
      ? absentBlock('No operation was sampled.')
      : [
          tableBlock(
            'Duration of each operation without concurrent load',
            [
              'Operation',
              'Endpoint',
              ...numberColumns('Samples', 'Min', 'Max', 'Mean', 'Median', 'p95', 'p99', 'Errors'),
              'Finding',
            ],
            operations.map(operationRow),
          ),
          ...findings(operations),
        ],
  );
}

interface Operation {
  name: string;
  figures: EndpointFigures;
  /** The limits that the operation exceeds, for example `p95 300 ms > 200 ms`. */
  issues: string[];
}

/**
 * Returns the endpoint of a phase with the most requests. Other endpoints, such as signing in, are called only once.
 */
function operationOf({ name, endpoints }: PhaseFigures): Operation | null {
  const [figures] = endpoints.filter(({ requests }) => requests > 0).sort((a, b) => b.requests - a.requests);
  if (!figures) return null;
  const issues = LIMITS.flatMap(({ stat, limitMs }) =>
    figures.responseTimeMs[stat] > limitMs
      ? [`${stat} ${formatMs(figures.responseTimeMs[stat])} > ${formatMs(limitMs)}`]
      : [],
  );
  return { name, figures, issues };
}

function operationRow({ name, figures, issues }: Operation): CellValue[] {
  return [
    name,
    figures.name,
    figures.requests,
    ...statTexts(figures.responseTimeMs, 'min', 'max', 'mean', 'p50', 'p95', 'p99'),
    figures.errors,
    issues.length === 0 ? { text: 'ok', tone: 'good' } : { text: issues.join(', '), tone: 'bad' },
  ];
}

function findings(operations: readonly Operation[]): Block[] {
  const rule = `An operation is too slow if its ${LIMITS.map(({ stat, limitMs }) => `${stat} is above ${formatMs(limitMs)}`).join(' or its ')}.`;
  const slow = operations.filter(({ issues }) => issues.length > 0);
  if (slow.length === 0) return [textBlock(`${rule} No operation is too slow.`)];
  return [textBlock(`${rule} Too slow:`), listBlock(slow.map(({ name, issues }) => `${name}: ${issues.join(', ')}`))];
}

/**
 * Builds a table that shows how simultaneously the VUs of each burst started. Returns null if the workload has no
 * bursts.
 */
export function burstsSection({ bursts, phases }: Result): Section | null {
  if (bursts.length === 0) return null;
  return section('bursts', 'Bursts', [
    tableBlock(
      'VU starts in each burst',
      ['Burst', ...numberColumns('Period', 'VUs', 'Started', 'First to last start')],
      bursts.map(({ phase, vus, began, spreadMs }) => {
        const when = phases.find(({ name }) => name === phase);
        return [
          phase,
          when ? formatRange(when.startMs, when.endMs) : NO_VALUE,
          vus,
          began === vus ? began : { text: `✗ ${formatCount(began)}`, tone: 'bad' },
          formatValue(spreadMs, 'ms'),
        ];
      }),
    ),
  ]);
}
