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

export const LADDER_TITLE = 'Users, rung by rung';

/** How many users a deployment carries, what stands in the way of more, and how many more could be. */
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
  ...numberColumns('Success', 'p95', 'p99', 'Right answers', 'Cores used'),
  'Key issue',
];

export function rungTable({ run }: Result, { rungs }: Ladder): Table {
  const labels = Object.entries(run.labels).map(([name, value]) => `${name}=${value}`);
  return tableBlock(
    ['What each number of users got', ...labels].join(', '),
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
    ? 'The criteria fail on the first rung already.'
    : `Carried: ${formatCount(carried)} users, the last rung up to which no criterion fails.`;
}

function capacity({ capacity }: Ladder): Block[] {
  if (!capacity)
    return [
      absentBlock(
        `Capacity is estimated from ${MIN_RUNGS} rungs or more, each with right answers in whole windows.`,
      ),
    ];
  return [
    textBlock(
      'Capacity, by the Universal Scalability Law fitted to the windows of all rungs, with 95 % intervals:',
    ),
    listBlock(capacityItems(capacity)),
  ];
}

function capacityItems({ law, perS, users, peakUsers, growing, from, limit }: Capacity): string[] {
  const least = growing ? 'at least ' : '';
  const where = growing ? `, still growing at ${formatCount(limit)} users` : '';
  return [
    users.value < from
      ? `saturated on the first rung, of ${formatCount(from)} users, already`
      : `saturated from ${least}${estimate(users)} users on: more than these wait for one another`,
    `most right answers: ${least}${estimate(perS)} a second${
      peakUsers === null ? where : `, with ${formatCount(Math.round(peakUsers))} users`
    }; nothing is said of more than ${formatCount(limit)}, twice the last rung`,
    `λ ${formatNumber(law.lambda)}/s of one user, contention σ ${formatNumber(law.sigma)}, coherency κ ${formatNumber(law.kappa)}`,
  ];
}

const estimate = ({ value, interval }: Estimate) =>
  `${formatNumber(value)} (${formatNumber(interval.low)} to ${formatNumber(interval.high)})`;

function connections({ connections }: Ladder): Block[] {
  return [
    connections
      ? textBlock(connectionWords(connections))
      : absentBlock(
          'Connections are not reckoned: the pool of the service or the limit of the database was not seen.',
        ),
  ];
}

function connectionWords({ processes, pool, wanted, limit, reserve, fits, most }: ConnectionBudget): string {
  const sum = `Connections: ${processes} × ${pool} = ${wanted}, of ${limit} that the database takes less ${reserve} in reserve`;
  return fits
    ? `${sum}: they fit; each process may have up to ${most}.`
    : `${sum}: too many. Give each process at most ${most}.`;
}
