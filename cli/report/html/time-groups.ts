import type { Block, Chart, ReportDocument, Section, TimeChart } from '../report-document.ts';
import { type AxisRange, type TimeAxis, timeAxisOf } from './charts/axis.ts';
import { columnsExtent } from './charts/series.ts';

export type TimeChartBlock = Chart & TimeChart;

/** Charts with the same visible period, which share axis, cursor and zoom. */
export interface TimeGroup {
  time: AxisRange;
  charts: TimeChartBlock[];
}

/**
 * Groups the time charts of a document. Charts with the same phases belong to the same run and form a group. In the
 * report of a campaign, each test has its own group. All charts with a date axis form one group.
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

/**
 * Returns the period of all samples in the charts. A period that is too short, for example of a single sample, is
 * extended to the minimum.
 */
function timeOf(charts: readonly TimeChartBlock[], { minSpanMs, margin }: TimeAxis): AxisRange {
  const { min, max } = columnsExtent(charts.map(({ atMs }) => atMs)) ?? { min: 0, max: minSpanMs };
  const padding = Math.max((minSpanMs - (max - min)) / 2, margin * (max - min), 0);
  return { min: min - padding, max: max + padding };
}
