import type { Limit, Scale } from '../../lib/core/definition/index.ts';
import type { JudgedCriterion } from '../../lib/core/evidence/index.ts';
import { type FigureUnit, formatExactValue, formatValue } from '../../lib/core/numbers/index.ts';

const COMPARISONS: Record<Limit['comparison'], string> = {
  below: '<',
  above: '>',
  'at-most': '≤',
};

/** `< 400 ms` */
export function formatLimit({ comparison, limit, unit }: Limit & { unit: FigureUnit }): string {
  return `${COMPARISONS[comparison]} ${formatExactValue(limit, unit)}`;
}

/** `321 ms to 345 ms`. An open bound becomes an ellipsis. Returns '' without an interval. */
export function formatInterval({ interval, unit }: Pick<JudgedCriterion, 'interval' | 'unit'>): string {
  if (!interval) return '';
  const bound = (value: number | null) => (value === null ? '…' : formatValue(value, unit));
  return `${bound(interval.low)} to ${bound(interval.high)}`;
}

/** `97.0 % (96.3 % to 97.6 %)`, or only the value if it has no bounds. */
export function formatReading(
  { value, low, high }: { value: number | null; low: number | null; high: number | null },
  unit: FigureUnit,
): string {
  const range = low === null || high === null ? '' : ` (${formatValue(low, unit)} to ${formatValue(high, unit)})`;
  return formatValue(value, unit) + range;
}

/** Time since the load began: `4:05`, `1:04:05`. Times before it are negative. */
export function formatClock(ms: number): string {
  const seconds = Math.round(Math.abs(ms) / 1000);
  const twoDigits = (number: number) => String(number).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  const clock = hours > 0 ? `${hours}:${twoDigits(minutes)}` : String(minutes);
  return `${ms < 0 && seconds > 0 ? '-' : ''}${clock}:${twoDigits(seconds % 60)}`;
}

export function formatRange(fromMs: number, toMs: number): string {
  return `${formatClock(fromMs)}–${formatClock(toMs)}`;
}

/** `2026-11-20`, in UTC. */
export const formatDay = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

/** `2026-11-20 22:17`, in UTC. */
export const formatMinute = (ms: number): string => new Date(ms).toISOString().slice(0, 16).replace('T', ' ');

/** `2025-01-18 14:30:00 UTC` @param iso an instant in ISO 8601 format */
export function formatInstant(iso: string): string {
  return `${new Date(iso).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** `time × 0.05, VUs × 0.25` */
export const formatScale = ({ time, vus }: Scale): string => `time × ${time}, VUs × ${vus}`;

export const capitalize = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/**
 * Pads cells so that columns line up, and joins each row into one line.
 * @param rightFrom index of the first right-aligned column, usually the first column of numbers
 */
export function alignColumns(rows: readonly (readonly string[])[], rightFrom = 1): string[] {
  const widths = rows.reduce<number[]>(
    (widest, row) => row.map((cell, i) => Math.max(widest[i] ?? 0, cell.length)),
    [],
  );
  return rows.map((row) =>
    row
      .map((cell, i) => (i < rightFrom ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}
