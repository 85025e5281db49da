import type { EndpointFigures, PhaseFigures, Result } from '../../../lib/core/evidence/index.ts';
import { formatCount, formatMs, formatValue } from '../../../lib/core/numbers/index.ts';
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

/** The run in total. */
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
  const { durationMs } = totals;
  return valuesTable('All requests', [
    ['Requests', totals.requests],
    ['Rate', formatValue(totals.throughputPerS, 'perSecond')],
    ['Response time, p50', statText(durationMs, 'p50')],
    ['Response time, p95', statText(durationMs, 'p95')],
    ['Response time, p99', statText(durationMs, 'p99')],
    ['Response time, longest', statText(durationMs, 'max')],
    ['Errors', totals.errors],
    ['Error rate', formatValue(totals.errorRate, 'fraction')],
    ['Iterations', totals.iterations],
    ['Data received', formatValue(totals.receivedBytes, 'bytes')],
    ['Data sent', formatValue(totals.sentBytes, 'bytes')],
  ]);
}

const statusesTable = ({ statuses, totals }: Result): Block =>
  tableBlock(
    'Answers by status',
    ['Status', ...numberColumns('Requests', 'Share')],
    Object.entries(statuses).map(([status, count]) => [
      status === '0' ? 'no answer' : status,
      count,
      formatValue(count / totals.requests, 'fraction'),
    ]),
  );

const contracts = ({ contracts: { checked, broken } }: Result): Block =>
  checked === 0
    ? absentBlock('No response was held against its contract.')
    : textBlock(
        `${formatCount(checked)} responses were held against their contract, and ${formatCount(broken)} broke it.`,
      );

export function endpointsSection({ endpoints }: Result): Section {
  const used = endpoints.filter(({ requests }) => requests > 0);
  const unused = endpoints.filter(({ requests }) => requests === 0).map(({ name }) => name);
  return section('endpoints', 'Endpoints', [
    tableOrAbsent(
      'No request was sent to any endpoint.',
      'Requests by endpoint',
      [
        'Endpoint',
        ...numberColumns('Requests', 'Mean', 'p50', 'p95', 'p99', 'Longest', 'Errors', 'Error rate'),
      ],
      used.map(({ name, requests, errors, errorRate, durationMs }) => [
        name,
        requests,
        ...statTexts(durationMs, 'mean', 'p50', 'p95', 'p99', 'max'),
        errors,
        formatValue(errorRate, 'fraction'),
      ]),
    ),
    ...(used.length > 0 && unused.length > 0 ? [textBlock('Without a request:'), listBlock(unused)] : []),
  ]);
}

/** How often each status came, and what the test takes it for at each endpoint. */
export function statusesSection(result: Result): Section {
  return section('statuses', 'Status codes', [
    tableOrAbsent(
      'Which endpoint answered what is not known.',
      'Status codes by endpoint, with their share of its requests',
      [
        'Endpoint',
        'Status',
        ...numberColumns('Requests', 'Share', 'Expected', 'Refused by design', 'Errors'),
      ],
      result.endpoints.flatMap((endpoint) => endpointRows(endpoint, result)),
    ),
  ]);
}

function endpointRows(endpoint: EndpointFigures, { errors }: Result): CellValue[][] {
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
      count,
      formatValue(count / requests, 'fraction'),
      Math.max(0, count - refused - wrong),
      refused,
      wrong,
    ];
  });
}

/** An operation that is slower than this by itself, with nobody beside it, will not be quick under load. */
const LIMITS = [
  { stat: 'p95', words: 'p95', limitMs: 200 },
  { stat: 'mean', words: 'mean', limitMs: 100 },
] as const;

/** What each operation of a sequential workload takes by itself, and which of them take too long. */
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
            'Duration of each operation, one after the other',
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
  /** In what it is too slow. */
  issues: string[];
}

/** The endpoint that a phase is about is the one that it asks most: signing in before it is done once. */
function operationOf({ name, endpoints }: PhaseFigures): Operation | null {
  const [figures] = endpoints
    .filter(({ requests }) => requests > 0)
    .sort((one, other) => other.requests - one.requests);
  if (!figures) return null;
  const issues = LIMITS.flatMap(({ stat, words, limitMs }) =>
    figures.durationMs[stat] > limitMs
      ? [`${words} ${formatMs(figures.durationMs[stat])} > ${formatMs(limitMs)}`]
      : [],
  );
  return { name, figures, issues };
}

function operationRow({ name, figures, issues }: Operation): CellValue[] {
  return [
    name,
    figures.name,
    figures.requests,
    ...statTexts(figures.durationMs, 'min', 'max', 'mean', 'p50', 'p95', 'p99'),
    figures.errors,
    issues.length === 0 ? { text: 'ok', tone: 'good' } : { text: issues.join(', '), tone: 'bad' },
  ];
}

function findings(operations: readonly Operation[]): Block[] {
  const rule = `An operation is too slow with ${LIMITS.map(({ words, limitMs }) => `a ${words} above ${formatMs(limitMs)}`).join(' or ')}.`;
  const slow = operations.filter(({ issues }) => issues.length > 0);
  if (slow.length === 0) return [textBlock(`${rule} None is.`)];
  return [
    textBlock(`${rule} These are:`),
    listBlock(slow.map(({ name, issues }) => `${name}: ${issues.join(', ')}`)),
  ];
}

/** How simultaneous each burst was; null where the workload has none. */
export function burstsSection({ bursts, phases }: Result): Section | null {
  if (bursts.length === 0) return null;
  return section('bursts', 'Bursts', [
    tableBlock(
      'From the first start to the last, in each burst',
      ['Burst', ...numberColumns('From and to', 'VUs', 'Began', 'Spread of starts')],
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
