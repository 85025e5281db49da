/** How a figure is printed, wherever it is printed: one rule for each unit, so that a reader finds it again. */

export type FigureUnit = 'ms' | 'fraction' | 'count' | 'perSecond' | 'bytes' | 'bytesPerHour';

/** Three significant digits, two below 0.1, and no fraction from 100 on: a small value is never printed as 0.00. */
export function formatNumber(value: number): string {
  const magnitude = Math.abs(Number(value.toPrecision(3)));
  if (value === 0) return '0';
  if (magnitude >= 100) return value.toFixed(0);
  if (magnitude >= 10) return value.toFixed(1);
  return magnitude >= 0.1 ? value.toFixed(2) : value.toPrecision(2);
}

/** Every digit, for what a person chose and did not measure; 7 for 0.07 * 100, which is 7.000000000000001. */
const exactNumber = (value: number): string => String(Number(value.toPrecision(12)));

/** Written by hand, because k6 has no Intl. */
const withCommas = (digits: string): string => digits.replace(/\B(?<!\.\d*)(?=(\d{3})+(?!\d))/g, ',');

const BYTE_UNITS = ['bytes', 'kB', 'MB', 'GB', 'TB'];

type Digits = (value: number) => string;

const IN_UNIT: Record<FigureUnit, (value: number, digits: Digits) => string> = {
  ms: (value, digits) => (Math.abs(value) >= 10_000 ? `${digits(value / 1000)} s` : `${digits(value)} ms`),

  fraction(share, digits) {
    const percent = share * 100;
    const text = digits(percent);
    // What is nearly all must not read as all.
    return percent < 100 && Number(text) === 100
      ? `${percent.toFixed(Math.ceil(-Math.log10(100 - percent)))} %`
      : `${text} %`;
  },

  count: (value, digits) => withCommas(Number.isInteger(value) ? String(value) : digits(value)),

  perSecond: (value, digits) => `${digits(value)}/s`,

  // In units of 1024.
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

/** A measured value in its unit; a dash where there is none. */
export const formatValue = (value: number | null, unit: FigureUnit): string =>
  value === null ? '–' : IN_UNIT[unit](value, formatNumber);

/** A limit or another chosen value in its unit, with every digit that its author wrote. */
export const formatExactValue = (value: number, unit: FigureUnit): string =>
  IN_UNIT[unit](value, exactNumber);

export const formatMs = (value: number): string => formatValue(value, 'ms');
/** @param share of 1: 0.05 is `5.00 %` */
export const formatPercent = (share: number): string => formatValue(share, 'fraction');
export const formatCount = (value: number): string => formatValue(value, 'count');
export const formatRate = (perSecond: number): string => formatValue(perSecond, 'perSecond');
export const formatBytes = (value: number): string => formatValue(value, 'bytes');

/** `1 request`, `2 requests`. */
export const pluralize = (n: number, noun: string, plural = `${noun}s`): string =>
  `${formatCount(n)} ${n === 1 ? noun : plural}`;

/** The share that one count has of another; a dash where the whole is 0. */
export const formatShare = (part: number, whole: number): string =>
  formatValue(whole === 0 ? null : part / whole, 'fraction');

/** `p99.9`, with as many digits as there are nines, and one more. @param q from 0 to 1 */
export function percentileName(q: number): string {
  const digits = q < 1 ? Math.ceil(-Math.log10(1 - q)) : 0;
  return `p${Number((q * 100).toFixed(digits))}`;
}
