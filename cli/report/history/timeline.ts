import {
  type FigureHistory,
  type FlowRecord,
  findFlow,
  type HistoryPoint,
  type HistoryRecord,
  isMeasurement,
  shareOfIterations,
  type TestHistory,
} from '../../../lib/core/across-runs/index.ts';
import { formatValue } from '../../../lib/core/numbers/index.ts';
import type { Block, TimeChart } from '../report-document.ts';
import { levelChangeText, missingRunText, startedAtMs } from './history-text.ts';

/** The horizontal axis of history charts: runs with a verdict and missing runs, sorted by time. */
export interface HistoryTimeline {
  atMs: number[];
  /** One entry per instant. The entry of a missing run is null. */
  records: (HistoryRecord | null)[];
  missing: NonNullable<TimeChart['marks']>;
}

export function timelineOf({ runs, missing }: TestHistory): HistoryTimeline {
  const entries = [
    ...runs.filter(isMeasurement).map((record) => ({ atMs: startedAtMs(record), record })),
    ...missing.map(({ atMs }) => ({ atMs, record: null })),
  ].sort((a, b) => a.atMs - b.atMs);
  return {
    atMs: entries.map(({ atMs }) => atMs),
    records: entries.map(({ record }) => record),
    missing: missing.map((missingRun) => ({
      atMs: missingRun.atMs,
      kind: 'no run',
      text: missingRunText(missingRun),
      tone: 'neutral',
    })),
  };
}

type Chart = { kind: 'chart'; id: string; title: string } & TimeChart;

const chartOver = ({ atMs }: HistoryTimeline, chart: Omit<Chart, 'kind' | 'type' | 'axis' | 'atMs'>): Chart => ({
  kind: 'chart',
  type: 'time',
  axis: 'date',
  atMs,
  ...chart,
});

/** Builds a chart of one figure: the value and interval of each run, the levels between changes, and the target. */
export function figureChart(
  timeline: HistoryTimeline,
  { figure, points, segments, changes }: FigureHistory,
  id: string,
  title: string,
  target: number | null = null,
): Chart {
  const byRecord = new Map(points.map((point, i) => [point.record, { point, i }]));
  const read = (value: (point: HistoryPoint) => number | null) =>
    timeline.records.map((record) => {
      const found = record && byRecord.get(record);
      return found ? value(found.point) : null;
    });
  const levelAt = (ms: number) =>
    segments.findLast(({ from }) => (points[from]?.atMs ?? Number.POSITIVE_INFINITY) <= ms)?.level ?? null;
  const hasBounds = points.some(({ low }) => low !== null);
  return chartOver(timeline, {
    id,
    title,
    unit: figure.unit,
    series: [
      {
        name: hasBounds ? 'run, with interval' : 'run',
        values: read(({ value }) => value),
        style: 'points',
        ...(hasBounds ? { bounds: { low: read(({ low }) => low), high: read(({ high }) => high) } } : {}),
      },
      { name: 'level', values: timeline.atMs.map(levelAt), style: 'steps' },
      ...(target === null ? [] : [{ name: 'target', values: timeline.atMs.map(() => target) }]),
    ],
    phases: segments.map(({ from, to, level }) => ({
      name: formatValue(level, figure.unit),
      startMs: points[from]?.atMs ?? 0,
      endMs: (points[to] ?? points.at(-1))?.atMs ?? 0,
    })),
    marks: [
      ...timeline.missing,
      ...changes.map((change) => ({
        atMs: startedAtMs(change.after),
        text: `${figure.title} ${levelChangeText(figure, change)}`,
        ...(change.isWorse
          ? { kind: 'change to worse', tone: 'bad' as const }
          : { kind: 'change to better', tone: 'good' as const }),
      })),
    ],
  });
}

/**
 * Builds a stacked chart of the failures of a flow, as shares of its iterations.
 * @param categories the series of the chart; `count` returns the number of failures in one run
 */
export function failuresChart(
  timeline: HistoryTimeline,
  flow: string,
  id: string,
  title: string,
  categories: readonly { name: string; count: (flow: FlowRecord) => number }[],
): Block {
  const flows = timeline.records.map((record) => (record && findFlow(record, flow)) ?? null);
  return chartOver(timeline, {
    id,
    title,
    unit: 'fraction',
    series: categories.map(({ name, count }) => ({
      name,
      values: flows.map((flowRecord) =>
        flowRecord && flowRecord.iterations > 0 ? shareOfIterations([flowRecord], count) : null,
      ),
      style: 'stacked',
    })),
    phases: [],
    marks: timeline.missing,
  });
}
