import type { Run } from '../../evidence/index.ts';
import { type FigureHistory, figureHistory } from './changes.ts';
import { inferredCadenceMs, missingRunTimes } from './missing-runs.ts';
import type { HistoryRecord } from './record.ts';
import { trackedFigures } from './tracked-figures.ts';

/** All runs of one test in the same environment and at the same scale. */
export interface TestHistory extends Pick<Run, 'product' | 'test' | 'environment' | 'scale' | 'scaled'> {
  /** Runs of the test, sorted by start time, oldest first. */
  runs: HistoryRecord[];
  /** Scheduled interval between runs, set by the user or inferred from the runs. Null if the interval is unknown. */
  everyMs: number | null;
  /** Times at which a run was due, but is missing or INVALID. */
  missing: MissingRun[];
  /** Histories of the figures. INVALID runs are left out. */
  figures: FigureHistory[];
}

export interface MissingRun {
  atMs: number;
  /** INVALID runs that started at about the time of the missing run. */
  invalid: HistoryRecord[];
}

interface HistoryOptions {
  /** Scheduled interval between runs. Absent if unknown. */
  everyMs?: number | undefined;
  /** The time at which the history ends. Later runs are ignored. */
  untilMs: number;
}

/** Returns false for an INVALID run, whose measurements cannot be compared with those of other runs. */
export const isMeasurement = ({ verdict }: HistoryRecord): boolean => verdict !== 'INVALID';

/** Groups runs into the histories of their tests. A run that was recorded several times counts once. */
export function historiesOf(records: readonly HistoryRecord[], options: HistoryOptions): TestHistory[] {
  const inTime = records.filter(({ run }) => Date.parse(run.startedAt) <= options.untilMs);
  const unique = [...new Map(inTime.map((record) => [record.run.id, record])).values()];
  const sorted = unique.sort((a, b) => instantOf(a) - instantOf(b) || (a.run.id < b.run.id ? -1 : 1));
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
