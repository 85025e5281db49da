import { type Change, type FigureHistory, recordsInSegment } from './changes.ts';
import { findFlow } from './flow-records.ts';
import { isMeasurement, type MissingRun, type TestHistory } from './history.ts';
import type { Reading, TrackedFigure } from './tracked-figures.ts';

/** Something that a person should know of today. */
export type Alarm = { history: TestHistory } & (
  | {
      kind: 'below-target';
      figure: TrackedFigure;
      flow: string;
      target: number;
      latest: Reading;
      /** All runs since the latest change of its level, where these are below it together. */
      since: { reading: Reading; runs: number } | null;
      /** By which it came there, where that is known. */
      change: Change | null;
    }
  | { kind: 'change'; figure: TrackedFigure; change: Change }
  | { kind: 'missing'; missing: MissingRun[] }
);

/** A change is news for so many runs; whoever lets it be has seen it. */
export const RECENT_RUNS = 14;

/** A run that was missed is news until the one after it has been and gone. */
const NEWS_FOR = 1.5;

/** @param untilMs now */
export function alarmsOf(histories: readonly TestHistory[], { untilMs }: { untilMs: number }): Alarm[] {
  return histories.flatMap((history) => [
    ...history.figures.flatMap(
      (figure) => belowTarget(history, figure) ?? recentChange(history, figure) ?? [],
    ),
    ...recentlyMissing(history, untilMs),
  ]);
}

/**
 * Below with the whole of the interval: the latest run, or all runs since the latest change together, as long as the
 * latest one is not surely above it. So a night that happens to go well is no end of it, and one after it was mended is.
 */
function belowTarget(history: TestHistory, followed: FigureHistory): Alarm | null {
  const { figure, points, segments: stretches, changes } = followed;
  const { flow } = figure;
  const [latest, stretch] = [points.at(-1), stretches.at(-1)];
  if (flow === null || !latest || !stretch) return null;
  const target = findFlow(latest.record, flow)?.target ?? null;
  const together = figure.read(...recordsInSegment(points, stretch));
  if (target === null || !together) return null;
  const isBelow = ({ high }: Reading) => high !== null && high < target;
  const isAbove = latest.low !== null && latest.low > target;
  const since = isBelow(together) ? { reading: together, runs: stretch.to - stretch.from } : null;
  if (!isBelow(latest) && (!since || isAbove)) return null;
  const change = changes.at(-1);
  const isCause = change?.isWorse && (since !== null || isRecent(followed, change));
  return {
    kind: 'below-target',
    history,
    figure,
    flow,
    target,
    latest,
    since,
    change: isCause ? change : null,
  };
}

/** The latest change, where it was for the worse: one that was made good again is over. */
function recentChange(history: TestHistory, followed: FigureHistory): Alarm | null {
  const change = followed.changes.at(-1);
  return change?.isWorse && isRecent(followed, change)
    ? { kind: 'change', history, figure: followed.figure, change }
    : null;
}

const isRecent = ({ points }: FigureHistory, { index }: Change): boolean =>
  points.length - index <= RECENT_RUNS;

/** With all that are missing since the same run: an outage is one thing, however long it is. */
function recentlyMissing(history: TestHistory, untilMs: number): Alarm[] {
  const since = untilMs - NEWS_FOR * (history.everyMs ?? 0);
  const first = history.missing.find(({ atMs }) => atMs >= since);
  if (!first) return [];
  const before = history.runs.findLast(
    (run) => isMeasurement(run) && Date.parse(run.run.startedAt) < first.atMs,
  );
  const beganMs = before ? Date.parse(before.run.startedAt) : Number.NEGATIVE_INFINITY;
  return [{ kind: 'missing', history, missing: history.missing.filter(({ atMs }) => atMs > beganMs) }];
}
