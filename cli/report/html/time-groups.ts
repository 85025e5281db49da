import type { Block, Chart, Document, Section, TimeChart } from '../document.ts';
import type { Range } from './charts/axis.ts';
import { extent } from './charts/series.ts';

export type TimeBlock = Chart & TimeChart;

/** Charts over the same time, which share its axis, the cursor and the zoom. */
export interface TimeGroup {
  time: Range;
  charts: TimeBlock[];
}

/** Charts with the same phases are of the same run: the tests of a campaign each have a time of their own. */
export function timeGroups({ sections }: Pick<Document, 'sections'>): TimeGroup[] {
  const byPhases = Map.groupBy(timeCharts(sections), ({ phases }) => JSON.stringify(phases));
  return [...byPhases.values()].map((charts) => ({ time: timeOf(charts), charts }));
}

const timeCharts = (sections: readonly Section[]): TimeBlock[] =>
  sections.flatMap(({ blocks, sections: parts = [] }) => [...blocks.filter(isTime), ...timeCharts(parts)]);

const isTime = (block: Block): block is TimeBlock & { kind: 'chart' } =>
  block.kind === 'chart' && block.type === 'time';

/** A single sample has no length: it is shown in the middle of so long a time. */
const SHORTEST_MS = 2000;

function timeOf(charts: readonly TimeBlock[]): Range {
  const { min, max } = extent(charts.map(({ atMs }) => atMs)) ?? { min: 0, max: SHORTEST_MS };
  const missing = Math.max(0, SHORTEST_MS - (max - min));
  return { min: min - missing / 2, max: max + missing / 2 };
}
