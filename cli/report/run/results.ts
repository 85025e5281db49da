import type { Result } from '../../../lib/core/evidence/index.ts';
import { formatCount, formatValue } from '../../../lib/core/numbers/index.ts';
import type { Block, Section } from '../document.ts';
import { absent, figures, right, stat, table, text } from './blocks.ts';

/** The run in total. */
export function resultsSection(result: Result): Section {
  return {
    id: 'results',
    title: 'Results',
    blocks:
      result.totals.requests === 0
        ? [absent('No request was sent.')]
        : [totalsTable(result), statusesTable(result), contracts(result)],
  };
}

function totalsTable({ totals }: Result): Block {
  const { durationMs } = totals;
  return figures('All requests', [
    ['Requests', formatCount(totals.requests)],
    ['Rate', formatValue(totals.throughputPerS, 'perSecond')],
    ['Response time, p50', stat(durationMs, 'p50')],
    ['Response time, p95', stat(durationMs, 'p95')],
    ['Response time, p99', stat(durationMs, 'p99')],
    ['Response time, longest', stat(durationMs, 'max')],
    ['Errors', formatCount(totals.errors)],
    ['Error rate', formatValue(totals.errorRate, 'fraction')],
    ['Iterations', formatCount(totals.iterations)],
    ['Data received', formatValue(totals.receivedBytes, 'bytes')],
    ['Data sent', formatValue(totals.sentBytes, 'bytes')],
  ]);
}

const statusesTable = ({ statuses, totals }: Result): Block =>
  table(
    'Answers by status',
    ['Status', ...right('Requests', 'Share')],
    Object.entries(statuses).map(([status, count]) => [
      status === '0' ? 'no answer' : status,
      formatCount(count),
      formatValue(count / totals.requests, 'fraction'),
    ]),
  );

const contracts = ({ contracts: { checked, broken } }: Result): Block =>
  checked === 0
    ? absent('No response was held against its contract.')
    : text(
        `${formatCount(checked)} responses were held against their contract, and ${formatCount(broken)} broke it.`,
      );
