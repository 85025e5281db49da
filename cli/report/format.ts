import type { Limit, Scale } from '../../lib/core/definition/index.ts';
import type { JudgedCriterion } from '../../lib/core/evidence/index.ts';
import { type FigureUnit, formatExactValue, formatValue } from '../../lib/core/numbers/index.ts';

const COMPARISONS: Record<Limit['comparison'], string> = {
  below: '<',
  above: '>',
  'at-most': '≤',
};

/** Returns a text such as `< 400 ms`. */
export function formatLimit({ comparison, limit, unit }: Limit & { unit: FigureUnit }): string {
  return `${COMPARISONS[comparison]} ${formatExactValue(limit, unit)}`;
}

/** Returns a text such as `321 ms to 345 ms`. An unknown bound is shown as `…`. Returns '' if there is no interval. */
export function formatInterval({ interval, unit }: Pick<JudgedCriterion, 'interval' | 'unit'>): string {
  if (!interval) return '';
  const bound = (value: number | null) => (value === null ? '…' : formatValue(value, unit));
  return `${bound(interval.low)} to ${bound(interval.high)}`;
}

/** Returns a text such as `97.0 % (96.3 % to 97.6 %)`, or only the value if it has no bounds. */
export function formatReading(
  { value, low, high }: { value: number | null; low: number | null; high: number | null },
  unit: FigureUnit,
): string {
  const range = low === null || high === null ? '' : ` (${formatValue(low, unit)} to ${formatValue(high, unit)})`;
  return formatValue(value, unit) + range;
}

/** Returns a time since the start of the load, such as `4:05` or `1:04:05`. A time before the start is negative. */
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

/** Returns a UTC date, such as `2026-11-20`. */
export const formatDay = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

/** Returns a UTC date and time, such as `2026-11-20 22:17`. */
export const formatMinute = (ms: number): string => new Date(ms).toISOString().slice(0, 16).replace('T', ' ');

/**
 * Returns a text such as `2025-01-18 14:30:00 UTC`.
 * @param iso a date and time in ISO 8601 format
 */
export function formatInstant(iso: string): string {
  return `${new Date(iso).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** Returns a text such as `time × 0.05, VUs × 0.25`. */
export const formatScale = ({ time, vus }: Scale): string => `time × ${time}, VUs × ${vus}`;

export const capitalize = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/**
 * Pads cells with spaces so that columns line up, and returns one line per row.
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
