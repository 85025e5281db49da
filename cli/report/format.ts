import type { Criterion, Unit } from '../../lib/core/criteria.ts';

const MB = 1024 * 1024;

export const COMPARISONS: Record<Criterion['comparison'], string> = {
  below: '<',
  above: '>',
  'at-most': '≤',
};

/** A value in its unit, with as many digits as say something. */
export function formatValue(value: number | null, unit: Unit): string {
  if (value === null) return '–';
  switch (unit) {
    case 'ms':
      return formatMs(value);
    case 'fraction':
      return `${formatPercent(value * 100)} %`;
    case 'bytes':
      return `${formatNumber(value / MB)} MB`;
    case 'count':
      return String(value);
  }
}

/** As many digits as it takes to tell what is nearly all from all. */
function formatPercent(percent: number): string {
  const text = formatNumber(percent);
  return percent < 100 && Number(text) === 100
    ? percent.toFixed(Math.ceil(-Math.log10(100 - percent)))
    : text;
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

export function formatCount(value: number): string {
  return value.toLocaleString('en-GB');
}

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
