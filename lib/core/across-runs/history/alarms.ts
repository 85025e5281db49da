import { type Change, type FigureHistory, recordsInSegment } from './changes.ts';
import { findFlow } from './flow-records.ts';
import { isMeasurement, type MissingRun, type TestHistory } from './history.ts';
import type { Reading, TrackedFigure } from './tracked-figures.ts';

/** A finding in the latest runs of a test that the team should know about. */
export type Alarm = { history: TestHistory } & (
  | {
      kind: 'below-target';
      figure: TrackedFigure;
      flow: string;
      target: number;
      latest: Reading;
      /** The runs since the latest change, if their combined success rate is below the target. */
      since: { reading: Reading; runs: number } | null;
      /** The change that caused the alarm. Null if the cause is unknown. */
      change: Change | null;
    }
  | { kind: 'change'; figure: TrackedFigure; change: Change }
  | { kind: 'missing'; missing: MissingRun[] }
);

/** Number of runs in which a change raises an alarm. Later runs raise none, because the team knows about the change. */
export const RECENT_RUNS = 14;

/** Number of run intervals for which a missing run raises an alarm, so that the next run still reports the gap. */
const REPORTED_INTERVALS = 1.5;

/**
 * Returns the alarms of the given histories: at most one alarm for each figure, and one for missing runs.
 * @param untilMs the current time, or the end of the history
 */
export function alarmsOf(histories: readonly TestHistory[], { untilMs }: { untilMs: number }): Alarm[] {
  return histories.flatMap((history) => [
    ...history.figures.flatMap((figure) => belowTarget(history, figure) ?? recentChange(history, figure) ?? []),
    ...recentlyMissing(history, untilMs),
  ]);
}

/**
 * A rate is below the target if its whole confidence interval is below the target. First, the latest run is checked. If
 * its whole interval is above the target, there is no alarm: a fix clears the alarm with the first run. Otherwise, all
 * runs since the latest change are combined and checked, so that one lucky night does not clear the alarm.
 */
function belowTarget(history: TestHistory, figureHistory: FigureHistory): Alarm | null {
  const { figure, points, segments, changes } = figureHistory;
  const { flow } = figure;
  const [latest, segment] = [points.at(-1), segments.at(-1)];
  if (flow === null || !latest || !segment) return null;
  const target = findFlow(latest.record, flow)?.target ?? null;
  const combined = figure.read(...recordsInSegment(points, segment));
  if (target === null || !combined) return null;
  const isBelow = ({ high }: Reading) => high !== null && high < target;
  const isAbove = latest.low !== null && latest.low > target;
  const since = isBelow(combined) ? { reading: combined, runs: segment.to - segment.from } : null;
  if (!isBelow(latest) && (!since || isAbove)) return null;
  const change = changes.at(-1);
  const isCause = change?.isWorse && (since !== null || isRecent(figureHistory, change));
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

/** Considers only the latest change, because an improvement after a degradation ends the alarm. */
function recentChange(history: TestHistory, figureHistory: FigureHistory): Alarm | null {
  const change = figureHistory.changes.at(-1);
  return change?.isWorse && isRecent(figureHistory, change)
    ? { kind: 'change', history, figure: figureHistory.figure, change }
    : null;
}

const isRecent = ({ points }: FigureHistory, { index }: Change): boolean => points.length - index <= RECENT_RUNS;

/** Groups consecutive missing runs into one alarm, so that an outage is reported once. */
function recentlyMissing(history: TestHistory, untilMs: number): Alarm[] {
  const since = untilMs - REPORTED_INTERVALS * (history.everyMs ?? 0);
  const first = history.missing.find(({ atMs }) => atMs >= since);
  if (!first) return [];
  const before = history.runs.findLast((run) => isMeasurement(run) && Date.parse(run.run.startedAt) < first.atMs);
  const lastRunMs = before ? Date.parse(before.run.startedAt) : Number.NEGATIVE_INFINITY;
  return [{ kind: 'missing', history, missing: history.missing.filter(({ atMs }) => atMs > lastRunMs) }];
}
