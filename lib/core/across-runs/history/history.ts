import type { Run } from '../../evidence/index.ts';
import { type FigureHistory, figureHistory } from './changes.ts';
import { inferredCadenceMs, missingRunTimes } from './missing-runs.ts';
import type { HistoryRecord } from './record.ts';
import { trackedFigures } from './tracked-figures.ts';

/** All runs of one test that can be followed together: in the same environment and of the same scale. */
export interface TestHistory extends Pick<Run, 'product' | 'test' | 'environment' | 'scale' | 'scaled'> {
  /** The oldest first. */
  runs: HistoryRecord[];
  /** How far runs should be apart; null where nobody said it and it does not show. */
  everyMs: number | null;
  /** When a run should have been that could be judged, and was not. */
  missing: MissingRun[];
  /** Of the runs that could be judged. */
  figures: FigureHistory[];
}

export interface MissingRun {
  atMs: number;
  /** Runs at about that time that supported no verdict. */
  invalid: HistoryRecord[];
}

interface HistoryOptions {
  /** How far runs should be apart, if it is known. */
  everyMs?: number | undefined;
  /** The history up to this instant. */
  untilMs: number;
}

/** Whether a run measured anything that can be compared with others. */
export const isMeasurement = ({ verdict }: HistoryRecord): boolean => verdict !== 'INVALID';

/** What is to be told of these runs, by test; each run counts once, however often it was recorded. */
export function historiesOf(records: readonly HistoryRecord[], options: HistoryOptions): TestHistory[] {
  const inTime = records.filter(({ run }) => Date.parse(run.startedAt) <= options.untilMs);
  const once = [...new Map(inTime.map((record) => [record.run.id, record])).values()];
  const sorted = once.sort((a, b) => instantOf(a) - instantOf(b) || (a.run.id < b.run.id ? -1 : 1));
  const tests = [...new Set(sorted.map(testOf))].sort();
  return tests.map((name) =>
    historyOf(
      sorted.filter((record) => testOf(record) === name),
      options,
    ),
  );
}

const testOf = ({ run: { product, test, environment, scale } }: HistoryRecord): string =>
  JSON.stringify([product, test, environment, scale.time, scale.vus]);

function historyOf(runs: HistoryRecord[], { everyMs: stated, untilMs }: HistoryOptions): TestHistory {
  const { product, test, environment, scale, scaled } = (runs[0] as HistoryRecord).run;
  const measured = runs.filter(isMeasurement);
  const everyMs = stated ?? inferredCadenceMs(measured.map(instantOf));
  return {
    product,
    test,
    environment,
    scale,
    scaled,
    runs,
    everyMs,
    missing: everyMs === null ? [] : missingRuns(runs, everyMs, untilMs),
    figures: trackedFigures(measured).map((figure) => figureHistory(figure, measured)),
  };
}

function missingRuns(runs: readonly HistoryRecord[], everyMs: number, untilMs: number): MissingRun[] {
  const measured = runs.filter(isMeasurement).map(instantOf);
  const invalid = runs.filter((run) => !isMeasurement(run));
  return missingRunTimes(measured, everyMs, untilMs).map((atMs) => ({
    atMs,
    invalid: invalid.filter((run) => Math.abs(instantOf(run) - atMs) <= everyMs / 2),
  }));
}

const instantOf = ({ run }: HistoryRecord): number => Date.parse(run.startedAt);
