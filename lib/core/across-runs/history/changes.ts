import type { Fingerprint } from '../../evidence/index.ts';
import { changePoints, MAX_SERIES_LENGTH } from './change-points.ts';
import { type Explanation, explainChange } from './explain.ts';
import type { HistoryRecord } from './record.ts';
import type { Reading, TrackedFigure } from './tracked-figures.ts';

/** One figure over all runs that tell it, oldest first, and where it changed. */
export interface FigureHistory {
  figure: TrackedFigure;
  points: HistoryPoint[];
  /** Between changes the level stays: they cover all points. */
  segments: LevelSegment[];
  changes: Change[];
  /** So many of the first points were not searched for changes. */
  unsearchedCount: number;
}

export interface HistoryPoint extends Reading {
  record: HistoryRecord;
  atMs: number;
}

export interface LevelSegment {
  /** Index of the first point, and of the first after it. */
  from: number;
  to: number;
  level: number;
}

export interface Change {
  /** Of the first point after it. */
  index: number;
  /** The last run before it and the first after it: what changed, changed between their commits. */
  before: HistoryRecord;
  after: HistoryRecord;
  from: number;
  to: number;
  isWorse: boolean;
  /** Labels, and parts of the fingerprint, of which all runs before had one value, and all after another. */
  alteredSettings: { what: string; from: string; to: string }[];
  /** Only of the success of a flow. */
  explanation: Explanation | null;
}

export function figureHistory(figure: TrackedFigure, records: readonly HistoryRecord[]): FigureHistory {
  const points = records.flatMap((record): HistoryPoint[] => {
    const reading = figure.read(record);
    return reading ? [{ ...reading, record, atMs: Date.parse(record.run.startedAt) }] : [];
  });
  const found = changePoints(points.map(({ value }) => value));
  const stretches = worthTelling(figure, points, found);
  return {
    figure,
    points,
    segments: stretches,
    changes: stretches
      .slice(1)
      .map((stretch, i) => changeTo(figure, points, stretches[i] as LevelSegment, stretch)),
    unsearchedCount: Math.max(0, points.length - MAX_SERIES_LENGTH),
  };
}

/** The stretches between these changes, without those that change too little: the smallest goes first. */
function worthTelling(
  figure: TrackedFigure,
  points: readonly HistoryPoint[],
  changes: readonly number[],
): LevelSegment[] {
  const edges = [0, ...changes, points.length];
  const stretches = edges.slice(1).map((to, i): LevelSegment => {
    const from = edges[i] as number;
    return { from, to, level: figure.read(...recordsInSegment(points, { from, to }))?.value ?? Number.NaN };
  });
  const sizes = stretches.slice(1).map(({ level }, i) => {
    const before = stretches[i] as LevelSegment;
    return Math.abs(level - before.level) / figure.floor(before.level);
  });
  const smallest = Math.min(...sizes);
  return sizes.length > 0 && smallest < 1
    ? worthTelling(
        figure,
        points,
        changes.filter((_, i) => i !== sizes.indexOf(smallest)),
      )
    : stretches;
}

/** The runs of a stretch. */
export const recordsInSegment = (
  points: readonly HistoryPoint[],
  { from, to }: Pick<LevelSegment, 'from' | 'to'>,
): HistoryRecord[] => points.slice(from, to).map(({ record }) => record);

function changeTo(
  figure: TrackedFigure,
  points: readonly HistoryPoint[],
  before: LevelSegment,
  after: LevelSegment,
): Change {
  const [old, now] = [recordsInSegment(points, before), recordsInSegment(points, after)];
  return {
    index: after.from,
    before: old.at(-1) as HistoryRecord,
    after: now[0] as HistoryRecord,
    from: before.level,
    to: after.level,
    isWorse: figure.better === 'higher' ? after.level < before.level : after.level > before.level,
    alteredSettings: alterations(old, now),
    explanation: figure.flow === null ? null : explainChange(figure.flow, old, now),
  };
}

function alterations(
  before: readonly HistoryRecord[],
  after: readonly HistoryRecord[],
): Change['alteredSettings'] {
  const names = new Set([...before, ...after].flatMap((record) => Object.keys(settingsOf(record))));
  return [...names].flatMap((what) => {
    const [from, to] = [theOne(before, what), theOne(after, what)];
    return from === undefined || to === undefined || from === to ? [] : [{ what, from, to }];
  });
}

const NO_LABEL = '–';

/** What all of these runs have; undefined where they differ. */
function theOne(records: readonly HistoryRecord[], what: string): string | undefined {
  const values = new Set(records.map((record) => settingsOf(record)[what] ?? NO_LABEL));
  return values.size === 1 ? [...values][0] : undefined;
}

function settingsOf({ run: { labels }, fingerprint }: HistoryRecord): Record<string, string> {
  const parts = fingerprint.parts satisfies Fingerprint['parts'];
  return {
    ...Object.fromEntries(Object.entries(labels).map(([name, value]) => [`label ${name}`, value])),
    ...Object.fromEntries(
      Object.entries(parts).map(([name, value]) => [`${name} of the fingerprint`, value]),
    ),
  };
}
