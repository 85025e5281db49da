import { type AxisRange, timeAxisOf } from '../charts/axis.ts';
import type { TimeChartBlock, TimeGroup } from '../time-groups.ts';
import { type LinkedView, LiveChart } from './live-chart.mts';

export function linkCharts({ time, charts }: TimeGroup): void {
  const { minSpanMs: shortestMs } = timeAxisOf(charts[0] as TimeChartBlock);
  let range = time;
  let cursorMs: number | null = null;
  const all: LiveChart[] = [];

  const show = (wanted: AxisRange) => {
    range = within(wanted, time, shortestMs);
    for (const chart of all) chart.showRange();
    link.moveCursor(cursorMs);
  };
  const link: LinkedView = {
    get range() {
      return range;
    },
    get showsWholeRange() {
      return range === time;
    },
    get cursorMs() {
      return cursorMs;
    },
    moveCursor(ms) {
      cursorMs = ms;
      for (const chart of all) chart.showCursor();
    },
    zoomTo: show,
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
function within({ min, max }: AxisRange, whole: AxisRange, shortestMs: number): AxisRange {
  const length = Math.max(max - min, shortestMs);
  if (length >= whole.max - whole.min) return whole;
  const from = Math.min(Math.max(min, whole.min), whole.max - length);
  return { min: from, max: from + length };
}
