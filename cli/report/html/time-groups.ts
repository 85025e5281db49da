import type { Block, Chart, ReportDocument, Section, TimeChart } from '../report-document.ts';
import { type AxisRange, type TimeAxis, timeAxisOf } from './charts/axis.ts';
import { columnsExtent } from './charts/series.ts';

export type TimeChartBlock = Chart & TimeChart;

/** Charts over the same time range, which share axis, cursor and zoom. */
export interface TimeGroup {
  time: AxisRange;
  charts: TimeChartBlock[];
}

/**
 * Groups the charts over time of a document. Charts with the same phases belong to the same run, and each test of a
 * campaign has its own time range. All charts over dates form one group.
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

/** The range of all samples of the charts, widened to the minimum span, for example around a single sample. */
function timeOf(charts: readonly TimeChartBlock[], { minSpanMs, margin }: TimeAxis): AxisRange {
  const { min, max } = columnsExtent(charts.map(({ atMs }) => atMs)) ?? { min: 0, max: minSpanMs };
  const padding = Math.max((minSpanMs - (max - min)) / 2, margin * (max - min), 0);
  return { min: min - padding, max: max + padding };
}
