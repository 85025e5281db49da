import { median, sum, wilsonInterval } from '../../numbers/index.ts';
import { findFlow } from './flow-records.ts';
import type { HistoryRecord } from './record.ts';

/** A figure that is followed from run to run. */
export interface TrackedFigure {
  id: string;
  title: string;
  unit: 'fraction' | 'ms' | 'bytesPerHour';
  better: 'higher' | 'lower';
  /** Name of the flow that it is the success rate of; null for any other. */
  flow: string | null;
  /** What a run says of it, or several of them together; null where they say nothing. */
  read(...records: readonly HistoryRecord[]): Reading | null;
  /** From a level, a change by less than this is not worth anybody's time. */
  floor(level: number): number;
}

/** A bound of null is unknown. */
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
/** Half a point. */
const RATE_FLOOR = 0.005;
const DURATION_FLOOR = 0.1;
const MEMORY_FLOOR = 20 * MB;
/** By the hour and to either side. A run that is too short to tell the growth as well as this tells nothing of it. */
const MEMORY_PRECISION = 100 * MB;

/** A share, with Wilson's interval; of several runs, of all that they counted. */
function rate(
  figure: Pick<TrackedFigure, 'id' | 'title' | 'better' | 'flow'>,
  count: (record: HistoryRecord) => Counts | null,
): TrackedFigure {
  return {
    ...figure,
    unit: 'fraction',
    read(...records) {
      const counts = records.flatMap((record) => count(record) ?? []);
      const hits = sum(counts.map((one) => one.hits));
      const trials = sum(counts.map((one) => one.trials));
      return trials === 0 ? null : { value: hits / trials, ...wilsonInterval(hits, trials) };
    },
    floor: () => RATE_FLOOR,
  };
}

/** A value; of several runs, the median. */
function value(
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

/** Of a flow: how many of those who began it came through. */
export const flowSuccessFigure = (flow: string): TrackedFigure =>
  rate({ id: `success-${flow}`, title: `success of ${flow}`, better: 'higher', flow }, (record) => {
    const found = findFlow(record, flow);
    return found ? { hits: found.succeeded, trials: found.iterations } : null;
  });

/** Those that every test has. */
const OF_EVERY_TEST: readonly TrackedFigure[] = [
  value(
    {
      id: 'p95',
      title: 'response time (p95)',
      unit: 'ms',
      better: 'lower',
      floor: (level) => DURATION_FLOOR * level,
    },
    ({ totals: { durationMs } }) => durationMs && { value: durationMs.p95, low: null, high: null },
  ),
  rate({ id: 'errors', title: 'error rate', better: 'lower', flow: null }, ({ totals }) => ({
    hits: totals.errors,
    trials: totals.requests,
  })),
  value(
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

/** All that these runs tell anything of. */
export function trackedFigures(records: readonly HistoryRecord[]): TrackedFigure[] {
  const flows = new Set(records.flatMap((record) => record.flows.map(({ name }) => name)));
  return [...[...flows].map(flowSuccessFigure), ...OF_EVERY_TEST].filter((figure) =>
    records.some((record) => figure.read(record)),
  );
}
