import type { TimeChart } from '../../document.ts';
import { formatClock, formatDay, formatMinute, formatRange } from '../../format.ts';
import { type Range, type Tick, timeTicks } from './axis.ts';

/** How an axis of time counts. */
export interface TimeAxis {
  /** Round times within a range, not more than so many. */
  ticks(range: Range, most: number): Tick[];
  /** One instant, as it is read off. */
  instant(ms: number): string;
  range(fromMs: number, toMs: number): string;
  /** A chart never shows less time than this. */
  shortestMs: number;
  /** Left free at either end, as a share of all: the first and the last point stand by themselves. */
  margin: number;
}

const SECOND = 1000;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

export const timeAxisOf = ({ axis = 'clock' }: Pick<TimeChart, 'axis'>): TimeAxis => AXES[axis];

const AXES: Record<NonNullable<TimeChart['axis']>, TimeAxis> = {
  clock: {
    ticks: timeTicks,
    instant: formatClock,
    range: formatRange,
    // Samples are a second apart and more.
    shortestMs: 2 * SECOND,
    margin: 0,
  },
  date: {
    ticks: dateTicks,
    instant: formatMinute,
    range: (fromMs, toMs) => `${formatDay(fromMs)} to ${formatDay(toMs)}`,
    shortestMs: 2 * DAY,
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

function dateTicks(range: Range, most: number): Tick[] {
  const step = STEPS.find(({ ms }) => (range.max - range.min) / ms < most);
  if (!step) return monthTicks(range, most);
  const first = Math.ceil((range.min - FIRST_MONDAY) / step.ms);
  const count = Math.floor((range.max - FIRST_MONDAY) / step.ms) - first + 1;
  return Array.from({ length: count }, (_, i) => FIRST_MONDAY + (first + i) * step.ms).map((value) => ({
    value,
    label: step.label(new Date(value)),
  }));
}

function monthTicks({ min, max }: Range, most: number): Tick[] {
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
