import {
  type Capacity,
  type ConnectionBudget,
  type Estimate,
  type Ladder,
  MIN_RUNGS,
  type Result,
  type Rung,
} from '../../../lib/core/evidence/index.ts';
import { formatCount, formatNumber, formatValue } from '../../../lib/core/numbers/index.ts';
import {
  absentBlock,
  type CellValue,
  listBlock,
  NO_VALUE,
  numberColumns,
  section,
  tableBlock,
  textBlock,
} from '../block-builders.ts';
import type { Block, Section, Table } from '../report-document.ts';

export const LADDER_TITLE = 'User ladder';

/** Builds the section about how many users a deployment supports, what limits it, and its estimated capacity. */
export function ladderSection(result: Result): Section | null {
  if (result.run.workload.kind !== 'ladder') return null;
  const { ladder } = result;
  return section(
    'ladder',
    LADDER_TITLE,
    ladder
      ? [
          { kind: 'table', ...rungTable(result, ladder) },
          textBlock(carriedText(ladder)),
          ...capacity(ladder),
          ...connections(ladder),
        ]
      : absentBlock('No rung of the ladder was measured.'),
  );
}

export const RUNG_COLUMNS = [
  ...numberColumns('Success', 'p95', 'p99', 'Successful responses', 'Cores used'),
  'Key issue',
];

export function rungTable({ run }: Result, { rungs }: Ladder): Table {
  const labels = Object.entries(run.labels).map(([name, value]) => `${name}=${value}`);
  return tableBlock(
    ['Results by number of users', ...labels].join(', '),
    [...numberColumns('Users'), ...RUNG_COLUMNS],
    rungs.map((rung) => [rung.users, ...rungCells(rung)]),
  );
}

export function rungCells({ success, p95Ms, p99Ms, perS, cores, broken, issue }: Rung): CellValue[] {
  return [
    formatValue(success, 'fraction'),
    formatValue(p95Ms, 'ms'),
    formatValue(p99Ms, 'ms'),
    formatValue(perS, 'perSecond'),
    cores === null ? NO_VALUE : formatNumber(cores),
    broken
      ? { text: `✗ ${issue ?? 'a criterion fails'}`, tone: 'bad' }
      : { text: issue ? `! ${issue}` : '✓ none', tone: issue ? 'warning' : 'good' },
  ];
}

export function carriedText({ carried }: Ladder): string {
  return carried === null
    ? 'A criterion already fails on the first rung.'
    : `Supported: ${formatCount(carried)} users. No criterion fails up to this rung.`;
}

function capacity({ capacity }: Ladder): Block[] {
  if (!capacity)
    return [
      absentBlock(
        `Capacity is not estimated. This requires at least ${MIN_RUNGS} rungs, each with successful responses in complete windows.`,
      ),
    ];
  return [
    textBlock(
      'Estimated capacity with 95 % intervals, from the Universal Scalability Law fitted to the windows of all rungs:',
    ),
    listBlock(capacityItems(capacity)),
  ];
}

function capacityItems({ law, perS, users, peakUsers, growing, from, limit }: Capacity): string[] {
  const atLeast = growing ? 'at least ' : '';
  const peak =
    peakUsers === null
      ? growing
        ? `, still growing at ${formatCount(limit)} users`
        : ''
      : `, with ${formatCount(Math.round(peakUsers))} users`;
  return [
    users.value < from
      ? `saturation: already reached on the first rung (${formatCount(from)} users)`
      : `saturation: from ${atLeast}${estimate(users)} users on, users wait for each other`,
    `maximum throughput: ${atLeast}${estimate(perS)} successful responses per second${peak} (estimated up to ${formatCount(limit)} users, twice the last rung)`,
    `λ ${formatNumber(law.lambda)}/s per user, contention σ ${formatNumber(law.sigma)}, coherency κ ${formatNumber(law.kappa)}`,
  ];
}

const estimate = ({ value, interval }: Estimate) =>
  `${formatNumber(value)} (${formatNumber(interval.low)} to ${formatNumber(interval.high)})`;

function connections({ connections }: Ladder): Block[] {
  return [
    connections
      ? textBlock(connectionWords(connections))
      : absentBlock(
          'The connection budget is not calculated, because the pool size of the service or the connection limit of the database was not measured.',
        ),
  ];
}

function connectionWords({ processes, pool, wanted, limit, reserve, fits, most }: ConnectionBudget): string {
  const sum = `Connections: ${processes} × ${pool} = ${wanted} needed. The database allows ${limit}, minus ${reserve} in reserve.`;
  return fits
    ? `${sum} The connections fit: each process can open up to ${most}.`
    : `${sum} The database does not allow this many: limit each process to ${most}.`;
}
