import { type FigureUnit, formatExactValue } from '../../../../lib/core/numbers/index.ts';
import { formatClock, formatDay, formatMinute, formatRange } from '../../format.ts';
import type { TimeChart } from '../../report-document.ts';

/** A place on an axis, in the unit of its values, and what is written there. */
interface Tick {
  value: number;
  label: string;
}

export interface AxisRange {
  min: number;
  max: number;
}

/** Where a value lies in a range: 0 at its lower end, 1 at its upper. */
export const positionInRange = (value: number, { min, max }: AxisRange): number =>
  (value - min) / (max - min);

/** Steps that people count in, each with its power of ten. */
const MANTISSAS = [1, 2, 5, 10];

interface Step {
  mantissa: number;
  exponent: number;
}

function niceStep(span: number, intervals: number): Step {
  const exponent = Math.floor(Math.log10(span / intervals));
  const fitting = MANTISSAS.find((mantissa) => mantissa * 10 ** exponent * intervals >= span * (1 - 1e-9));
  return { mantissa: fitting ?? 10, exponent };
}

/** Dividing by a whole power of ten is exact where multiplying by a fraction of one is not: 0.3, not 0.30000000000000004. */
const multiple = (count: number, { mantissa, exponent }: Step): number =>
  exponent < 0 ? (count * mantissa) / 10 ** -exponent : count * mantissa * 10 ** exponent;

/** Round values at even distances, from at or below the lower end to at or above the upper. */
export function niceTicks({ min, max }: AxisRange, intervals: number): number[] {
  const step = niceStep(max - min, intervals);
  const size = multiple(1, step);
  const first = Math.floor(min / size + 1e-9);
  const last = Math.ceil(max / size - 1e-9);
  return Array.from({ length: last - first + 1 }, (_, i) => multiple(first + i, step));
}

/** In what the values of an axis are written: `size` of the chart's own unit are one of these. */
export interface AxisUnit {
  size: number;
  label: string;
}

/** The largest first, each with the value from which on it is read more easily than the next. */
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

/** One unit for a whole axis, by its largest value. */
export const axisUnit = (unit: FigureUnit, largest: number): AxisUnit =>
  UNITS[unit].find(({ from }) => largest >= from) ?? { size: 1, label: '' };

const INTERVALS = 5;
const COMPACT_FROM = 1e6;

const tickLabel = (amount: number, largest: number): string =>
  largest >= COMPACT_FROM
    ? amount.toLocaleString('en-US', { notation: 'compact', maximumFractionDigits: 3 })
    : formatExactValue(amount, 'count');

/** Ticks of an axis of values, of which the outermost are its ends. */
export function valueTicks({ min, max }: AxisRange, { size }: AxisUnit): Tick[] {
  const amounts = niceTicks({ min: min / size, max: max / size }, INTERVALS);
  const largest = amounts.at(-1) as number;
  return amounts.map((amount) => ({ value: amount * size, label: tickLabel(amount, largest) }));
}

/** A share that never falls below this is shown from its lowest on: dips of what is nearly all are what matters. */
const NEARLY_ALL = 0.8;

/**
 * The range that values are shown in: from zero, so that heights compare, and of some height where all is zero.
 * @param values lowest and highest; null where there is none
 */
export function valueRange(values: AxisRange | null, unit: FigureUnit, axis: AxisUnit): AxisRange {
  const { min, max } = values ?? { min: 0, max: 0 };
  const isNearlyAll = unit === 'fraction' && min >= NEARLY_ALL && min < 1;
  const bottom = isNearlyAll ? min : Math.min(0, min);
  const range = { min: bottom, max: isNearlyAll ? 1 : max > bottom ? max : bottom + axis.size };
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

/** Round times within a range, not more than so many, and never closer than a second. */
export function timeTicks({ min, max }: AxisRange, most: number): Tick[] {
  const step = CLOCK_STEPS.find((size) => (max - min) / size < most) ?? niceDays(max - min, most);
  const first = Math.ceil(min / step);
  const count = Math.floor(max / step) - first + 1;
  return Array.from({ length: count }, (_, i) => (first + i) * step).map((value) => ({
    value,
    label: formatClock(value),
  }));
}

const niceDays = (span: number, most: number): number => DAY * Math.ceil(span / DAY / most);

/** How an axis of time counts. */
export interface TimeAxis {
  /** Round times within a range, not more than so many. */
  ticks(range: AxisRange, most: number): Tick[];
  /** One instant, as it is read off. */
  instant(ms: number): string;
  range(fromMs: number, toMs: number): string;
  /** A chart never shows less time than this. */
  minSpanMs: number;
  /** Left free at either end, as a share of all: the first and the last point stand by themselves. */
  margin: number;
}

export const timeAxisOf = ({ axis = 'clock' }: Pick<TimeChart, 'axis'>): TimeAxis => AXES[axis];

const AXES: Record<NonNullable<TimeChart['axis']>, TimeAxis> = {
  clock: {
    ticks: timeTicks,
    instant: formatClock,
    range: formatRange,
    // Samples are a second apart and more.
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
/** Months and years differ in length: they are counted in the calendar. */
const STEPS = [
  ...[3, 6, 12].map((hours) => ({ ms: hours * HOUR, label: hourLabel })),
  ...[1, 2, 7, 14].map((days) => ({ ms: days * DAY, label: dayLabel })),
];
const MONTH_STEPS = [1, 2, 3, 6, 12];
/** Weeks begin on Mondays; 1970 began on a Thursday. */
const FIRST_MONDAY = 4 * DAY;

function dateTicks(range: AxisRange, most: number): Tick[] {
  const step = STEPS.find(({ ms }) => (range.max - range.min) / ms < most);
  if (!step) return monthTicks(range, most);
  const first = Math.ceil((range.min - FIRST_MONDAY) / step.ms);
  const count = Math.floor((range.max - FIRST_MONDAY) / step.ms) - first + 1;
  return Array.from({ length: count }, (_, i) => FIRST_MONDAY + (first + i) * step.ms).map((value) => ({
    value,
    label: step.label(new Date(value)),
  }));
}

function monthTicks({ min, max }: AxisRange, most: number): Tick[] {
  const monthOf = (ms: number) => (new Date(ms).getUTCFullYear() - 1970) * 12 + new Date(ms).getUTCMonth();
  const months = monthOf(max) - monthOf(min);
  const step = MONTH_STEPS.find((size) => months / size < most) ?? 12 * Math.ceil(months / 12 / most);
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
