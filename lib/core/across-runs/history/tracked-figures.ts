import { median, sum, wilsonInterval } from '../../numbers/index.ts';
import { findFlow } from './flow-records.ts';
import type { HistoryRecord } from './record.ts';

/** A figure that the history tracks from run to run. */
export interface TrackedFigure {
  id: string;
  title: string;
  unit: 'fraction' | 'ms' | 'bytesPerHour';
  better: 'higher' | 'lower';
  /** Name of the flow whose success rate this figure is. Null for all other figures. */
  flow: string | null;
  /** Returns the value of the figure in one run, or in several runs combined. Returns null if no run has the figure. */
  read(...records: readonly HistoryRecord[]): Reading | null;
  /** Returns the smallest change from a level that is reported, in the unit of the figure. */
  floor(level: number): number;
}

/** A value and its confidence interval. Unknown bounds are null. */
export interface Reading {
  value: number;
  low: number | null;
  high: number | null;
}

interface Counts {
  hits: number;
  trials: number;
}

const MB = 1024 ** 2;
/** The smallest change of a rate that is reported: half a percentage point. */
const RATE_FLOOR = 0.005;
const DURATION_FLOOR = 0.1;
const MEMORY_FLOOR = 20 * MB;
/**
 * Maximum half-width of the confidence interval of memory growth, in bytes per hour. For a run with a wider interval,
 * memory growth is not tracked.
 */
const MEMORY_PRECISION = 100 * MB;

/** Creates a figure that is a rate with Wilson's interval. Several runs are combined by adding their counts. */
function rateFigure(
  figure: Pick<TrackedFigure, 'id' | 'title' | 'better' | 'flow'>,
  countsOf: (record: HistoryRecord) => Counts | null,
): TrackedFigure {
  return {
    ...figure,
    unit: 'fraction',
    read(...records) {
      const counts = records.flatMap((record) => countsOf(record) ?? []);
      const hits = sum(counts.map((count) => count.hits));
      const trials = sum(counts.map((count) => count.trials));
      return trials === 0 ? null : { value: hits / trials, ...wilsonInterval(hits, trials) };
    },
    floor: () => RATE_FLOOR,
  };
}

/** Creates a figure with a single value per run. Several runs are combined by the median of their values. */
function valueFigure(
  figure: Omit<TrackedFigure, 'read' | 'flow'>,
  read: (record: HistoryRecord) => Reading | null,
): TrackedFigure {
  return {
    ...figure,
    flow: null,
    read(...records) {
      const readings = records.flatMap((record) => read(record) ?? []);
      const [only] = readings;
      if (!only || readings.length === 1) return only ?? null;
      return { value: median(readings.map((reading) => reading.value)), low: null, high: null };
    },
  };
}

/** Creates the figure for the success rate of a flow. */
export const flowSuccessFigure = (flow: string): TrackedFigure =>
  rateFigure({ id: `success-${flow}`, title: `success of ${flow}`, better: 'higher', flow }, (record) => {
    const flowRecord = findFlow(record, flow);
    return flowRecord ? { hits: flowRecord.succeeded, trials: flowRecord.iterations } : null;
  });

/** Figures that every test can have. */
const COMMON_FIGURES: readonly TrackedFigure[] = [
  valueFigure(
    {
      id: 'p95',
      title: 'response time (p95)',
      unit: 'ms',
      better: 'lower',
      floor: (level) => DURATION_FLOOR * level,
    },
    ({ totals: { responseTimeMs } }) => responseTimeMs && { value: responseTimeMs.p95, low: null, high: null },
  ),
  rateFigure({ id: 'errors', title: 'error rate', better: 'lower', flow: null }, ({ totals }) => ({
    hits: totals.errors,
    trials: totals.requests,
  })),
  valueFigure(
    {
      id: 'memory',
      title: 'growth of memory',
      unit: 'bytesPerHour',
      better: 'lower',
      floor: () => MEMORY_FLOOR,
    },
    ({ memory }) => {
      if (!memory) return null;
      const { bytesPerHour, low, high } = memory;
      const isKnown = low !== null && high !== null && high - low <= 2 * MEMORY_PRECISION;
      return isKnown ? { value: bytesPerHour, low, high } : null;
    },
  ),
];

/** Returns every figure that at least one of the given runs has. */
export function trackedFigures(records: readonly HistoryRecord[]): TrackedFigure[] {
  const flows = new Set(records.flatMap((record) => record.flows.map(({ name }) => name)));
  return [...[...flows].map(flowSuccessFigure), ...COMMON_FIGURES].filter((figure) =>
    records.some((record) => figure.read(record)),
  );
}
