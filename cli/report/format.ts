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

/** `321 ms to 345 ms`; a bound that is open is an ellipsis, and no interval is no text. */
export function formatInterval({ interval, unit }: Pick<JudgedCriterion, 'interval' | 'unit'>): string {
  if (!interval) return '';
  const bound = (value: number | null) => (value === null ? '…' : formatValue(value, unit));
  return `${bound(interval.low)} to ${bound(interval.high)}`;
}

/** `97.0 % (96.3 % to 97.6 %)`; without bounds the value alone. */
export function formatReading(
  { value, low, high }: { value: number | null; low: number | null; high: number | null },
  unit: FigureUnit,
): string {
  const range =
    low === null || high === null ? '' : ` (${formatValue(low, unit)} to ${formatValue(high, unit)})`;
  return formatValue(value, unit) + range;
}

/** A place in the run as a clock shows it: `4:05`, `1:04:05`; what was before the load is negative. */
export function formatClock(ms: number): string {
  const whole = Math.round(Math.abs(ms) / 1000);
  const two = (number: number) => String(number).padStart(2, '0');
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  const clock = hours > 0 ? `${hours}:${two(minutes)}` : String(minutes);
  return `${ms < 0 && whole > 0 ? '-' : ''}${clock}:${two(whole % 60)}`;
}

export function formatRange(fromMs: number, toMs: number): string {
  return `${formatClock(fromMs)}–${formatClock(toMs)}`;
}

/** `2026-11-20`, in UTC. */
export const formatDay = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

/** `2026-11-20 22:17`, in UTC. */
export const formatMinute = (ms: number): string => new Date(ms).toISOString().slice(0, 16).replace('T', ' ');

/** An instant of ISO 8601 for people: `2025-01-18 14:30:00 UTC`. */
export function formatInstant(iso: string): string {
  return `${new Date(iso).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** `time × 0.05, VUs × 0.25` */
export const formatScale = ({ time, vus }: Scale): string => `time × ${time}, VUs × ${vus}`;

export const capitalize = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** Rows as columns wide enough for their longest cell; numbers belong to the right. */
export function alignColumns(rows: readonly (readonly string[])[], rightFrom = 1): string[] {
  const widths = rows.reduce<number[]>(
    (all, row) => row.map((cell, i) => Math.max(all[i] ?? 0, cell.length)),
    [],
  );
  return rows.map((row) =>
    row
      .map((cell, i) => (i < rightFrom ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}
