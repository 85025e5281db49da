import { breakerPeriods, damagedCount, type ErrorFigures, type Result } from '../../../lib/core/evidence/index.ts';
import { ERROR_KINDS, type ErrorKind } from '../../../lib/core/metrics/index.ts';
import { formatCount, formatShare, formatValue } from '../../../lib/core/numbers/index.ts';
import {
  absentBlock,
  type CellValue,
  numberColumns,
  section,
  tableBlock,
  textBlock,
  timeChartBlock,
} from '../block-builders.ts';
import { formatRange } from '../format.ts';
import type { Block, Section } from '../report-document.ts';
import { periodsWithWindows, sumAt } from './even-periods.ts';

/** Builds the section about errors by kind, reason, endpoint and time. */
export function errorsSection(result: Result): Section {
  const { errors, totals } = result;
  return section(
    'errors',
    'Errors',
    totals.errors === 0
      ? absentBlock(
          totals.requests === 0
            ? 'No request was sent.'
            : `None of the ${formatCount(totals.requests)} requests failed.`,
        )
      : [
          ...(errors.length === 0
            ? [absentBlock('The error kinds are unknown, because their telemetry was lost.')]
            : breakdown(errors)),
          ...timeline(result),
        ],
  );
}

function breakdown(errors: readonly ErrorFigures[]): Block[] {
  const kinds = ERROR_KINDS.map((kind) => {
    const ofKind = errors.filter((error) => error.kind === kind);
    return { kind, count: total(ofKind, 'count'), share: total(ofKind, 'share') };
  })
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count);
  return [
    tableBlock(
      'Errors by kind',
      ['Kind', ...numberColumns('Errors', 'Share')],
      kinds.map(({ kind, count, share }) => [kind, count, formatValue(share, 'fraction')]),
    ),
    tableBlock(
      'Errors by reason and endpoint',
      ['Kind', 'Code', 'Reason', 'Endpoint', ...numberColumns('Errors', 'Share')],
      errors.map(({ kind, code, reason, endpoint, count, share }) => [
        kind,
        code,
        reason,
        endpoint,
        count,
        formatValue(share, 'fraction'),
      ]),
    ),
  ];
}

const total = (errors: readonly ErrorFigures[], key: 'count' | 'share') =>
  errors.reduce((sum, error) => sum + error[key], 0);

function timeline(result: Result): Block[] {
  const { windows, run } = result;
  const kinds = Object.entries(windows.errorsByKind) as [ErrorKind, number[]][];
  if (windows.startMs.length === 0)
    return [absentBlock('The times of the errors are unknown, because no telemetry window is complete.')];
  return [
    timeChartBlock(run, {
      id: 'errors-by-kind',
      title: kinds.length > 0 ? 'Errors by kind' : 'Errors',
      unit: 'count',
      atMs: windows.startMs,
      series:
        kinds.length > 0
          ? kinds.map(([name, values]) => ({ name, values, style: 'stacked' }))
          : [{ name: 'errors', values: windows.errors }],
    }),
    tableBlock(
      'Errors over time',
      ['Time', ...numberColumns('Requests', 'Errors', 'Error rate', ...kinds.map(([kind]) => kind))],
      periodsWithWindows(result).map(({ fromMs, toMs, indexes }) => {
        const requests = sumAt(windows.requests, indexes);
        const errors = sumAt(windows.errors, indexes);
        return [
          formatRange(fromMs, toMs),
          requests,
          errors,
          formatShare(errors, requests),
          ...kinds.map(([, counts]) => sumAt(counts, indexes)),
        ];
      }),
    ),
  ];
}

/**
 * Builds the section about circuit breakers: their states, and the responses in each phase. Returns null if all circuit
 * breakers stayed closed.
 */
export function breakersSection({ resources: { target }, phases }: Result): Section | null {
  const states = breakerPeriods(target);
  if (states.every(({ state }) => state === 'closed')) return null;
  return section('breakers', 'Circuit breakers', [
    tableBlock(
      'States of the worst circuit breaker, as sampled',
      ['State', ...numberColumns('Period', 'Duration')],
      states.map(({ state, fromMs, toMs }) => [state, formatRange(fromMs, toMs), formatValue(toMs - fromMs, 'ms')]),
    ),
    tableBlock(
      'Responses by phase',
      ['Phase', ...numberColumns('Requests', 'Degraded', 'Errors')],
      phases.map(({ name, requests, degraded, errors }) => [name, requests, degraded, errors]),
    ),
  ]);
}

/**
 * Builds the section about whether the records that the run created still exist. Returns null if the test did not count
 * records.
 */
export function recordsSection({ ledger }: Result): Section | null {
  if (!ledger) return null;
  const kinds = Object.entries(ledger);
  const damaged = kinds.some(([, entry]) => damagedCount(entry) > 0);
  return section('records', 'Records', [
    textBlock(
      damaged
        ? 'Some acknowledged records are lost, incomplete or duplicated.'
        : 'Every acknowledged record exists, is complete and is not duplicated.',
    ),
    tableBlock(
      'Records found after the run',
      ['Kind', ...numberColumns('Acknowledged', 'Complete', 'Lost', 'Incomplete', 'Duplicates')],
      kinds.map(([kind, { acknowledged, complete, lost, incomplete, duplicates }]) => [
        kind,
        acknowledged,
        complete,
        ...[lost, incomplete, duplicates].map(damageCell),
      ]),
    ),
  ]);
}

const damageCell = (count: number): CellValue => (count === 0 ? count : { text: formatCount(count), tone: 'bad' });
