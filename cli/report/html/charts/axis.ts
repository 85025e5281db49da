import { type FigureUnit, formatExactValue } from '../../../../lib/core/numbers/index.ts';
import { formatClock, formatDay, formatMinute, formatRange } from '../../format.ts';
import type { TimeChart } from '../../report-document.ts';

/** A label on an axis and its position, given as a value in the unit of the axis. */
interface Tick {
  value: number;
  label: string;
}

export interface AxisRange {
  min: number;
  max: number;
}

/** Returns the position of a value in a range, as a number from 0 (lower end) to 1 (upper end). */
export const positionInRange = (value: number, { min, max }: AxisRange): number => (value - min) / (max - min);

/** Distances between ticks: 1, 2, 5 or 10, multiplied by a power of ten. */
const MANTISSAS = [1, 2, 5, 10];

interface Step {
  mantissa: number;
  exponent: number;
}

function niceStep(span: number, intervals: number): Step {
  const exponent = Math.floor(Math.log10(span / intervals));
  const smallestFitting = MANTISSAS.find((mantissa) => mantissa * 10 ** exponent * intervals >= span * (1 - 1e-9));
  return { mantissa: smallestFitting ?? 10, exponent };
}

/**
 * Multiplies a step. For a negative exponent, the function divides by a power of ten, because this gives 0.3 instead of
 * 0.30000000000000004.
 */
const multiple = (count: number, { mantissa, exponent }: Step): number =>
  exponent < 0 ? (count * mantissa) / 10 ** -exponent : count * mantissa * 10 ** exponent;

/** Returns round values at equal distances. The first and last value enclose the whole range. */
export function niceTicks({ min, max }: AxisRange, intervals: number): number[] {
  const step = niceStep(max - min, intervals);
  const size = multiple(1, step);
  const first = Math.floor(min / size + 1e-9);
  const last = Math.ceil(max / size - 1e-9);
  return Array.from({ length: last - first + 1 }, (_, i) => multiple(first + i, step));
}

/**
 * The unit in which an axis shows its values. `size` is the size of the unit, for example 1000 for seconds if the
 * values of the chart are in ms.
 */
export interface AxisUnit {
  size: number;
  label: string;
}

/**
 * Units of value axes, the largest unit first. An axis uses the first unit whose `from` is not above the largest value.
 */
const UNITS: Record<FigureUnit, readonly (AxisUnit & { from: number })[]> = {
  ms: [
    { size: 1000, label: 's', from: 10_000 },
    { size: 1, label: 'ms', from: 0 },
  ],
  perSecond: [{ size: 1, label: 'per second', from: 0 }],
  count: [{ size: 1, label: '', from: 0 }],
  bytes: [
    { size: 1024 ** 3, label: 'GB', from: 1024 ** 3 },
    { size: 1024 ** 2, label: 'MB', from: 1024 ** 2 },
    { size: 1024, label: 'kB', from: 1024 },
    { size: 1, label: 'bytes', from: 0 },
  ],
  bytesPerHour: [
    { size: 1024 ** 3, label: 'GB per hour', from: 1024 ** 3 },
    { size: 1024 ** 2, label: 'MB per hour', from: 1024 ** 2 },
    { size: 1024, label: 'kB per hour', from: 1024 },
    { size: 1, label: 'bytes per hour', from: 0 },
  ],
  fraction: [{ size: 0.01, label: '%', from: 0 }],
};

/** Returns the unit for an axis, which depends on the largest value on that axis. */
export const axisUnit = (unit: FigureUnit, largest: number): AxisUnit =>
  UNITS[unit].find(({ from }) => largest >= from) ?? { size: 1, label: '' };

const INTERVALS = 5;
const COMPACT_FROM = 1e6;

const tickLabel = (amount: number, largest: number): string =>
  largest >= COMPACT_FROM
    ? amount.toLocaleString('en-US', { notation: 'compact', maximumFractionDigits: 3 })
    : formatExactValue(amount, 'count');

/** Returns the ticks of a value axis. The axis starts at the first tick and ends at the last tick. */
export function valueTicks({ min, max }: AxisRange, { size }: AxisUnit): Tick[] {
  const amounts = niceTicks({ min: min / size, max: max / size }, INTERVALS);
  const largest = amounts.at(-1) as number;
  return amounts.map((amount) => ({ value: amount * size, label: tickLabel(amount, largest) }));
}

/** If all shares are at or above this limit, their axis does not start at 0, so that small dips are visible. */
const MIN_SHARE_FOR_CUT_AXIS = 0.8;

/**
 * Returns the range of a value axis. The range is never empty. It starts at zero, except if all values are high shares.
 * @param values the lowest and highest value, or null if there are no values
 */
export function valueRange(values: AxisRange | null, unit: FigureUnit, axis: AxisUnit): AxisRange {
  const { min, max } = values ?? { min: 0, max: 0 };
  const isCut = unit === 'fraction' && min >= MIN_SHARE_FOR_CUT_AXIS && min < 1;
  const bottom = isCut ? min : Math.min(0, min);
  const range = { min: bottom, max: isCut ? 1 : max > bottom ? max : bottom + axis.size };
  const ticks = valueTicks(range, axis);
  return { min: (ticks[0] as Tick).value, max: (ticks.at(-1) as Tick).value };
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const CLOCK_STEPS = [
  ...[1, 2, 5, 10, 15, 30].map((n) => n * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * MINUTE),
  ...[1, 2, 3, 6, 12, 24].map((n) => n * HOUR),
];

/** Returns at most `maxCount` round times within a range. Two times are at least one second apart. */
export function timeTicks({ min, max }: AxisRange, maxCount: number): Tick[] {
  const step = CLOCK_STEPS.find((size) => (max - min) / size < maxCount) ?? niceDays(max - min, maxCount);
  const first = Math.ceil(min / step);
  const count = Math.floor(max / step) - first + 1;
  return Array.from({ length: count }, (_, i) => (first + i) * step).map((value) => ({
    value,
    label: formatClock(value),
  }));
}

const niceDays = (span: number, maxCount: number): number => DAY * Math.ceil(span / DAY / maxCount);

/** How an axis shows time: as a clock or as dates. */
export interface TimeAxis {
  /** Returns at most `maxCount` round times within a range. */
  ticks(range: AxisRange, maxCount: number): Tick[];
  /** Formats a point in time. */
  instant(ms: number): string;
  range(fromMs: number, toMs: number): string;
  /** The shortest period that a chart can show, in ms. */
  minSpanMs: number;
  /** Empty space at each end, as a share of the range, so that the first and last point do not touch the edge. */
  margin: number;
}

export const timeAxisOf = ({ axis = 'clock' }: Pick<TimeChart, 'axis'>): TimeAxis => AXES[axis];

const AXES: Record<NonNullable<TimeChart['axis']>, TimeAxis> = {
  clock: {
    ticks: timeTicks,
    instant: formatClock,
    range: formatRange,
    // Samples are at least one second apart.
    minSpanMs: 2 * SECOND,
    margin: 0,
  },
  date: {
    ticks: dateTicks,
    instant: formatMinute,
    range: (fromMs, toMs) => `${formatDay(fromMs)} to ${formatDay(toMs)}`,
    minSpanMs: 2 * DAY,
    margin: 0.02,
  },
};

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const DATE_STEPS = [
  ...[3, 6, 12].map((hours) => ({ ms: hours * HOUR, label: hourLabel })),
  ...[1, 2, 7, 14].map((days) => ({ ms: days * DAY, label: dayLabel })),
];
/** Distances between ticks, in months. Months and years are counted in the calendar, because their lengths differ. */
const MONTH_STEPS = [1, 2, 3, 6, 12];
/** The first Monday after January 1, 1970, which was a Thursday. Ticks that are weeks apart are on Mondays. */
const FIRST_MONDAY = 4 * DAY;

function dateTicks(range: AxisRange, maxCount: number): Tick[] {
  const step = DATE_STEPS.find(({ ms }) => (range.max - range.min) / ms < maxCount);
  if (!step) return monthTicks(range, maxCount);
  const first = Math.ceil((range.min - FIRST_MONDAY) / step.ms);
  const count = Math.floor((range.max - FIRST_MONDAY) / step.ms) - first + 1;
  return Array.from({ length: count }, (_, i) => FIRST_MONDAY + (first + i) * step.ms).map((value) => ({
    value,
    label: step.label(new Date(value)),
  }));
}

function monthTicks({ min, max }: AxisRange, maxCount: number): Tick[] {
  const monthOf = (ms: number) => (new Date(ms).getUTCFullYear() - 1970) * 12 + new Date(ms).getUTCMonth();
  const months = monthOf(max) - monthOf(min);
  const step = MONTH_STEPS.find((size) => months / size < maxCount) ?? 12 * Math.ceil(months / 12 / maxCount);
  const first = Math.floor(monthOf(min) / step);
  return Array.from({ length: Math.floor(months / step) + 2 }, (_, i) => {
    const value = Date.UTC(1970, (first + i) * step);
    return { value, label: monthLabel(new Date(value)) };
  }).filter(({ value }) => value >= min && value <= max);
}

function hourLabel(date: Date): string {
  return date.getUTCHours() === 0 ? dayLabel(date) : date.toISOString().slice(11, 16);
}

function dayLabel(date: Date): string {
  return `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]}`;
}

function monthLabel(date: Date): string {
  return date.getUTCMonth() === 0 ? String(date.getUTCFullYear()) : (MONTHS[date.getUTCMonth()] as string);
}
