import { changePoints, MAX_SERIES_LENGTH } from './change-points.ts';
import { type Explanation, explainChange } from './explain.ts';
import type { HistoryRecord } from './record.ts';
import type { Reading, TrackedFigure } from './tracked-figures.ts';

/** The history of one figure: its value in each run, oldest first, and the changes of its level. */
export interface FigureHistory {
  figure: TrackedFigure;
  points: HistoryPoint[];
  /** The segments between the changes. Together, the segments contain all points. */
  segments: LevelSegment[];
  changes: Change[];
  /** Number of oldest points that were not searched for changes, because the series is too long. */
  unsearchedCount: number;
}

export interface HistoryPoint extends Reading {
  record: HistoryRecord;
  atMs: number;
}

/** A segment of a history: consecutive points without a change between them. */
export interface LevelSegment {
  /** Index of the first point of the segment. */
  from: number;
  /** Index after the last point of the segment. */
  to: number;
  level: number;
}

export interface Change {
  /** Index of the first point (run) after the change. */
  index: number;
  /** The last run before the change. The commits between this run and `after` contain the cause. */
  before: HistoryRecord;
  /** The first run after the change. */
  after: HistoryRecord;
  /** Level of the figure before the change. */
  from: number;
  /** Level of the figure after the change. */
  to: number;
  isWorse: boolean;
  /**
   * Labels and parts of the fingerprint that changed at the same time: all runs before the change have one value, and
   * all runs after the change have a different value.
   */
  alteredSettings: { what: string; from: string; to: string }[];
  /** Steps and failure reasons that explain the change. Null unless the figure is the success rate of a flow. */
  explanation: Explanation | null;
}

export function figureHistory(figure: TrackedFigure, records: readonly HistoryRecord[]): FigureHistory {
  const points = records.flatMap((record): HistoryPoint[] => {
    const reading = figure.read(record);
    return reading ? [{ ...reading, record, atMs: Date.parse(record.run.startedAt) }] : [];
  });
  const candidates = changePoints(points.map(({ value }) => value));
  const segments = relevantSegments(figure, points, candidates);
  return {
    figure,
    points,
    segments,
    changes: segments.slice(1).map((segment, i) => changeBetween(figure, points, segments[i] as LevelSegment, segment)),
    unsearchedCount: Math.max(0, points.length - MAX_SERIES_LENGTH),
  };
}

/**
 * Splits the points into segments at the changes. Ignores changes that are smaller than the floor of the figure,
 * starting with the smallest change.
 */
function relevantSegments(
  figure: TrackedFigure,
  points: readonly HistoryPoint[],
  changes: readonly number[],
): LevelSegment[] {
  const edges = [0, ...changes, points.length];
  const segments = edges.slice(1).map((to, i): LevelSegment => {
    const from = edges[i] as number;
    return { from, to, level: figure.read(...recordsInSegment(points, { from, to }))?.value ?? Number.NaN };
  });
  const sizes = segments.slice(1).map(({ level }, i) => {
    const before = segments[i] as LevelSegment;
    return Math.abs(level - before.level) / figure.floor(before.level);
  });
  const smallest = Math.min(...sizes);
  return sizes.length > 0 && smallest < 1
    ? relevantSegments(
        figure,
        points,
        changes.filter((_, i) => i !== sizes.indexOf(smallest)),
      )
    : segments;
}

export const recordsInSegment = (
  points: readonly HistoryPoint[],
  { from, to }: Pick<LevelSegment, 'from' | 'to'>,
): HistoryRecord[] => points.slice(from, to).map(({ record }) => record);

function changeBetween(
  figure: TrackedFigure,
  points: readonly HistoryPoint[],
  before: LevelSegment,
  after: LevelSegment,
): Change {
  const oldRecords = recordsInSegment(points, before);
  const newRecords = recordsInSegment(points, after);
  return {
    index: after.from,
    before: oldRecords.at(-1) as HistoryRecord,
    after: newRecords[0] as HistoryRecord,
    from: before.level,
    to: after.level,
    isWorse: figure.better === 'higher' ? after.level < before.level : after.level > before.level,
    alteredSettings: alteredSettings(oldRecords, newRecords),
    explanation: figure.flow === null ? null : explainChange(figure.flow, oldRecords, newRecords),
  };
}

function alteredSettings(before: readonly HistoryRecord[], after: readonly HistoryRecord[]): Change['alteredSettings'] {
  const names = new Set([...before, ...after].flatMap((record) => Object.keys(settingsOf(record))));
  return [...names].flatMap((what) => {
    const [from, to] = [commonValue(before, what), commonValue(after, what)];
    return from === undefined || to === undefined || from === to ? [] : [{ what, from, to }];
  });
}

const NO_LABEL = '–';

/** Returns the value that a setting has in all runs, or undefined if the runs have different values. */
function commonValue(records: readonly HistoryRecord[], what: string): string | undefined {
  const values = new Set(records.map((record) => settingsOf(record)[what] ?? NO_LABEL));
  return values.size === 1 ? [...values][0] : undefined;
}

function settingsOf({ run: { labels }, fingerprint }: HistoryRecord): Record<string, string> {
  return {
    ...Object.fromEntries(Object.entries(labels).map(([name, value]) => [`label ${name}`, value])),
    ...Object.fromEntries(
      Object.entries(fingerprint.parts).map(([name, value]) => [`${name} of the fingerprint`, value]),
    ),
  };
}
