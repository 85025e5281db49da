import { type Range, timeAxisOf } from '../charts/axis.ts';
import type { TimeBlock, TimeGroup } from '../time-groups.ts';
import { type Link, LiveChart } from './live-chart.mts';

export function linkCharts({ time, charts }: TimeGroup): void {
  const { shortestMs } = timeAxisOf(charts[0] as TimeBlock);
  let range = time;
  let cursorMs: number | null = null;
  const all: LiveChart[] = [];

  const show = (wanted: Range) => {
    range = within(wanted, time, shortestMs);
    for (const chart of all) chart.showRange();
    link.point(cursorMs);
  };
  const link: Link = {
    get range() {
      return range;
    },
    get isWhole() {
      return range === time;
    },
    get cursorMs() {
      return cursorMs;
    },
    point(ms) {
      cursorMs = ms;
      for (const chart of all) chart.showCursor();
    },
    zoom: show,
    zoomBy(factor) {
      const length = (range.max - range.min) / factor;
      const inSight = cursorMs !== null && cursorMs >= range.min && cursorMs <= range.max;
      const middle = inSight ? (cursorMs as number) : (range.min + range.max) / 2;
      const before = (middle - range.min) / (range.max - range.min);
      show({ min: middle - length * before, max: middle + length * (1 - before) });
    },
    reset: () => show(time),
  };
  for (const chart of charts) all.push(new LiveChart(chart, link));
}

/** The same length of time, moved and cut to what there is. */
function within({ min, max }: Range, whole: Range, shortestMs: number): Range {
  const length = Math.max(max - min, shortestMs);
  if (length >= whole.max - whole.min) return whole;
  const from = Math.min(Math.max(min, whole.min), whole.max - length);
  return { min: from, max: from + length };
}
