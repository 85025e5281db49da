// Every report formats numbers with these functions, so that the same number looks the same everywhere.

export type FigureUnit = 'ms' | 'fraction' | 'count' | 'perSecond' | 'bytes' | 'bytesPerHour';

/**
 * Formats a number with three significant digits, with two if it is below 1, and without decimals from 100 on. Small
 * values never become 0.
 */
export function formatNumber(value: number): string {
  const magnitude = Math.abs(Number(value.toPrecision(3)));
  if (value === 0) return '0';
  if (magnitude >= 100) return value.toFixed(0);
  if (magnitude >= 10) return value.toFixed(1);
  return magnitude >= 0.1 ? value.toFixed(2) : value.toPrecision(2);
}

/**
 * Formats all digits except those caused by floating-point errors: 0.07 * 100 is 7.000000000000001, but is formatted as
 * `7`.
 */
const exactNumber = (value: number): string => String(Number(value.toPrecision(12)));

/** Groups the digits by thousands. k6 has no Intl. */
const withCommas = (digits: string): string => digits.replace(/\B(?<!\.\d*)(?=(\d{3})+(?!\d))/g, ',');

const BYTE_UNITS = ['bytes', 'kB', 'MB', 'GB', 'TB'];

type Digits = (value: number) => string;

const IN_UNIT: Record<FigureUnit, (value: number, digits: Digits) => string> = {
  ms: (value, digits) => (Math.abs(value) >= 10_000 ? `${digits(value / 1000)} s` : `${digits(value)} ms`),

  fraction(share, digits) {
    const percent = share * 100;
    const text = digits(percent);
    // Use enough decimals that 99.96 % does not become 100 %.
    return percent < 100 && Number(text) === 100
      ? `${percent.toFixed(Math.ceil(-Math.log10(100 - percent)))} %`
      : `${text} %`;
  },

  count: (value, digits) => withCommas(Number.isInteger(value) ? String(value) : digits(value)),

  perSecond: (value, digits) => `${digits(value)}/s`,

  // 1 kB is 1,024 bytes.
  bytes(value, digits) {
    let amount = value;
    let unit = 0;
    while (Math.abs(amount) >= 1000 && unit < BYTE_UNITS.length - 1) {
      amount /= 1024;
      unit += 1;
    }
    return `${digits(amount)} ${BYTE_UNITS[unit]}`;
  },

  bytesPerHour: (value, digits) => `${IN_UNIT.bytes(value, digits)}/h`,
};

/** A measured value with its unit, or a dash if there is none: `formatValue(132.4, 'ms')` is `132 ms`. */
export const formatValue = (value: number | null, unit: FigureUnit): string =>
  value === null ? '–' : IN_UNIT[unit](value, formatNumber);

/** A limit, or another value that a person chose, with its unit and all its digits: `400.5 ms`. */
export const formatExactValue = (value: number, unit: FigureUnit): string => IN_UNIT[unit](value, exactNumber);

export const formatMs = (value: number): string => formatValue(value, 'ms');
/** @param share a fraction: 0.05 is `5.00 %` */
export const formatPercent = (share: number): string => formatValue(share, 'fraction');
export const formatCount = (value: number): string => formatValue(value, 'count');
export const formatRate = (perSecond: number): string => formatValue(perSecond, 'perSecond');
export const formatBytes = (value: number): string => formatValue(value, 'bytes');

/** A count with its noun: `1 request`, `2 requests`. */
export const pluralize = (n: number, noun: string, plural = `${noun}s`): string =>
  `${formatCount(n)} ${n === 1 ? noun : plural}`;

/** Formats a part as a percentage of the whole, or as a dash if the whole is 0. */
export const formatShare = (part: number, whole: number): string =>
  formatValue(whole === 0 ? null : part / whole, 'fraction');

/**
 * The name of a percentile, with as many digits as it needs: `p95`, `p99.9`.
 * @param q a fraction
 */
export function percentileName(q: number): string {
  const digits = q < 1 ? Math.ceil(-Math.log10(1 - q)) : 0;
  return `p${Number((q * 100).toFixed(digits))}`;
}
