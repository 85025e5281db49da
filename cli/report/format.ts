import type { Limit, Scale, Unit } from '../../lib/core/definition/index.ts';
import type { JudgedCriterion } from '../../lib/core/evidence/index.ts';
import type { ChartUnit } from './document.ts';

const COMPARISONS: Record<Limit['comparison'], string> = {
  below: '<',
  above: '>',
  'at-most': '≤',
};

/** `< 400 ms` */
export function formatLimit({ comparison, limit, unit }: Limit & { unit: Unit }): string {
  return `${COMPARISONS[comparison]} ${formatValue(limit, unit)}`;
}

/** `321 ms to 345 ms`; a bound that is open is an ellipsis, and no interval is no text. */
export function formatInterval({ interval, unit }: Pick<JudgedCriterion, 'interval' | 'unit'>): string {
  if (!interval) return '';
  const bound = (value: number | null) => (value === null ? '…' : formatValue(value, unit));
  return `${bound(interval.low)} to ${bound(interval.high)}`;
}

/** A value in its unit, with as many digits as say something. */
export function formatValue(value: number | null, unit: Unit | ChartUnit): string {
  if (value === null) return '–';
  switch (unit) {
    case 'ms':
      return formatMs(value);
    case 'fraction':
      return `${formatPercent(value * 100)} %`;
    case 'bytes':
      return formatBytes(value);
    case 'bytesPerHour':
      return `${formatBytes(value)}/h`;
    case 'perSecond':
      return `${formatNumber(value)}/s`;
    case 'count':
      return formatCount(value);
  }
}

/** The part that one count has of another; of nothing there is none. */
export const formatShare = (part: number, whole: number): string =>
  formatValue(whole === 0 ? null : part / whole, 'fraction');

/** As many digits as it takes to tell what is nearly all from all. */
function formatPercent(percent: number): string {
  const text = formatNumber(percent);
  return percent < 100 && Number(text) === 100
    ? percent.toFixed(Math.ceil(-Math.log10(100 - percent)))
    : text;
}

const BYTE_UNITS = ['bytes', 'kB', 'MB', 'GB', 'TB'];

/** `p99.9`, with as many digits as there are nines, and one more. @param q from 0 to 1 */
export function percentileName(q: number): string {
  const digits = q < 1 ? Math.ceil(-Math.log10(1 - q)) : 0;
  return `p${Number((q * 100).toFixed(digits))}`;
}

/** In units of 1024. */
function formatBytes(value: number): string {
  let amount = value;
  let unit = 0;
  while (Math.abs(amount) >= 1000 && unit < BYTE_UNITS.length - 1) {
    amount /= 1024;
    unit += 1;
  }
  return `${unit === 0 ? formatCount(amount) : formatNumber(amount)} ${BYTE_UNITS[unit]}`;
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

export function formatMs(value: number): string {
  return Math.abs(value) >= 10_000 ? `${formatNumber(value / 1000)} s` : `${formatNumber(value)} ms`;
}

/** Whole numbers from 100 on, three significant digits below, two where it is little: what is there is never 0.00. */
export function formatNumber(value: number): string {
  if (value === 0) return '0';
  const magnitude = Math.abs(value);
  if (magnitude >= 100) return value.toFixed(0);
  if (magnitude >= 10) return value.toFixed(1);
  return magnitude >= 0.1 ? value.toFixed(2) : value.toPrecision(2);
}

/** Made once: it takes longer than hundreds of numbers. */
const COUNT = new Intl.NumberFormat('en-GB');

export function formatCount(value: number): string {
  return COUNT.format(value);
}

/** `time × 0.05, VUs × 0.25` */
export const formatScale = ({ time, vus }: Scale): string => `time × ${time}, VUs × ${vus}`;

export const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

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
