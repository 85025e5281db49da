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

/** The runs that were judged and the places of those that are missing, in order of time. */
export interface HistoryTimeline {
  atMs: number[];
  /** Null where a run is missing. */
  records: (HistoryRecord | null)[];
  missing: NonNullable<TimeChart['marks']>;
}

export function timelineOf({ runs, missing }: TestHistory): HistoryTimeline {
  const places = [
    ...runs.filter(isMeasurement).map((record) => ({ atMs: startedAtMs(record), record })),
    ...missing.map(({ atMs }) => ({ atMs, record: null })),
  ].sort((a, b) => a.atMs - b.atMs);
  return {
    atMs: places.map(({ atMs }) => atMs),
    records: places.map(({ record }) => record),
    missing: missing.map((one) => ({
      atMs: one.atMs,
      kind: 'no run',
      text: missingRunText(one),
      tone: 'neutral',
    })),
  };
}

type Chart = { kind: 'chart'; id: string; title: string } & TimeChart;

const chartOver = (
  { atMs }: HistoryTimeline,
  chart: Omit<Chart, 'kind' | 'type' | 'axis' | 'atMs'>,
): Chart => ({
  kind: 'chart',
  type: 'time',
  axis: 'date',
  atMs,
  ...chart,
});

/** A figure of every run with its interval, the levels between changes, and what it should keep. */
export function figureChart(
  timeline: HistoryTimeline,
  { figure, points, segments: stretches, changes }: FigureHistory,
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
    stretches.findLast(({ from }) => (points[from]?.atMs ?? Number.POSITIVE_INFINITY) <= ms)?.level ?? null;
  const hasBounds = points.some(({ low }) => low !== null);
  return chartOver(timeline, {
    id,
    title,
    unit: figure.unit,
    series: [
      {
        name: hasBounds ? 'a run, with its interval' : 'a run',
        values: read(({ value }) => value),
        style: 'points',
        ...(hasBounds ? { bounds: { low: read(({ low }) => low), high: read(({ high }) => high) } } : {}),
      },
      { name: 'level between changes', values: timeline.atMs.map(levelAt), style: 'steps' },
      ...(target === null ? [] : [{ name: 'target', values: timeline.atMs.map(() => target) }]),
    ],
    phases: stretches.map(({ from, to, level }) => ({
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
          ? { kind: 'change for the worse', tone: 'bad' as const }
          : { kind: 'change for the better', tone: 'good' as const }),
      })),
    ],
  });
}

/** Of all who began a flow, how many were lost in which way: shares on top of each other. */
export function failuresChart(
  timeline: HistoryTimeline,
  flow: string,
  id: string,
  title: string,
  ways: readonly { name: string; count: (flow: FlowRecord) => number }[],
): Block {
  const flows = timeline.records.map((record) => (record && findFlow(record, flow)) ?? null);
  return chartOver(timeline, {
    id,
    title,
    unit: 'fraction',
    series: ways.map(({ name, count }) => ({
      name,
      values: flows.map((one) => (one && one.iterations > 0 ? shareOfIterations([one], count) : null)),
      style: 'stacked',
    })),
    phases: [],
    marks: timeline.missing,
  });
}
