import type { Block, Chart, ReportDocument, Section, TimeChart } from '../report-document.ts';
import { type AxisRange, type TimeAxis, timeAxisOf } from './charts/axis.ts';
import { columnsExtent } from './charts/series.ts';

export type TimeChartBlock = Chart & TimeChart;

/** Charts over the same time, which share its axis, the cursor and the zoom. */
export interface TimeGroup {
  time: AxisRange;
  charts: TimeChartBlock[];
}

/**
 * Charts with the same phases are of the same run: the tests of a campaign each have a time of their own. Dates are
 * the same for all.
 */
export function timeGroups({ sections }: Pick<ReportDocument, 'sections'>): TimeGroup[] {
  const groups = Map.groupBy(timeCharts(sections), ({ axis, phases }) =>
    axis === 'date' ? axis : JSON.stringify(phases),
  );
  return [...groups.values()].map((charts) => ({
    time: timeOf(charts, timeAxisOf(charts[0] as TimeChartBlock)),
    charts,
  }));
}

const timeCharts = (sections: readonly Section[]): TimeChartBlock[] =>
  sections.flatMap(({ blocks, sections: parts = [] }) => [...blocks.filter(isTime), ...timeCharts(parts)]);

const isTime = (block: Block): block is TimeChartBlock & { kind: 'chart' } =>
  block.kind === 'chart' && block.type === 'time';

/** A single sample has no length: it is shown in the middle of the shortest time that there is. */
function timeOf(charts: readonly TimeChartBlock[], { minSpanMs: shortestMs, margin }: TimeAxis): AxisRange {
  const { min, max } = columnsExtent(charts.map(({ atMs }) => atMs)) ?? { min: 0, max: shortestMs };
  const room = Math.max((shortestMs - (max - min)) / 2, margin * (max - min), 0);
  return { min: min - room, max: max + room };
}
