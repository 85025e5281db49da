import { type AxisRange, timeAxisOf } from '../charts/axis.ts';
import type { TimeChartBlock, TimeGroup } from '../time-groups.ts';
import { type LinkedView, LiveChart } from './live-chart.mts';

/** Makes the charts of a group interactive. All charts of the group share their cursor and visible period. */
export function linkCharts({ time, charts }: TimeGroup): void {
  const { minSpanMs } = timeAxisOf(charts[0] as TimeChartBlock);
  let range = time;
  let cursorMs: number | null = null;
  const all: LiveChart[] = [];

  const zoomTo = (requested: AxisRange) => {
    range = within(requested, time, minSpanMs);
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
    zoomTo,
    zoomBy(factor) {
      const length = (range.max - range.min) / factor;
      const isVisible = cursorMs !== null && cursorMs >= range.min && cursorMs <= range.max;
      const center = isVisible ? (cursorMs as number) : (range.min + range.max) / 2;
      const centerShare = (center - range.min) / (range.max - range.min);
      zoomTo({ min: center - length * centerShare, max: center + length * (1 - centerShare) });
    },
    reset: () => zoomTo(time),
  };
  for (const chart of charts) all.push(new LiveChart(chart, link));
}

/** Returns a requested period after extending it to the minimum length and moving it into the whole period. */
function within({ min, max }: AxisRange, whole: AxisRange, minSpanMs: number): AxisRange {
  const length = Math.max(max - min, minSpanMs);
  if (length >= whole.max - whole.min) return whole;
  const from = Math.min(Math.max(min, whole.min), whole.max - length);
  return { min: from, max: from + length };
}
