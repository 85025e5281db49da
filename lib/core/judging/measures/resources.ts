import {
  breakerPeriods,
  type Evidence,
  lowerEnvelope,
  MAX_BLOCKS,
  pointsOf,
  RESTART_COUNTERS,
  SAMPLES_PER_BLOCK,
  type SamplePoint,
  samplesBetween,
  TARGET_COLUMNS,
  timeToBreakerEvent,
  totalIncrease,
  typicalGapMs,
  WARM_UP_SHARE,
} from '../../evidence/index.ts';
import {
  exactMeasurement,
  growingCount,
  type MeasureFunction,
  type Measurement,
  noData,
  slopeMeasurement,
} from './measurement.ts';

/**
 * Slope of heap and external memory, by their lower envelope: resident memory drifts by tens of MB a minute on
 * healthy services.
 * @param perMs what a slope of one byte a ms is told as, by the length that was looked at
 */
function memorySlopeIn(
  { run, resources: { target } }: Evidence,
  phaseName: string,
  perMs: (spanMs: number) => number,
): Measurement {
  const phase = run.workload.phases.find(({ name }) => name === phaseName);
  if (!phase || !target) return noData('the target offers no metrics');
  const fromMs = phase.startMs + (phase.endMs - phase.startMs) * WARM_UP_SHARE;
  const external = new Map(
    pointsOf(target, TARGET_COLUMNS.externalBytes).map(({ atMs, value }) => [atMs, value]),
  );
  const points = samplesBetween(pointsOf(target, TARGET_COLUMNS.heapUsedBytes), fromMs, phase.endMs).map(
    ({ atMs, value }) => ({ atMs, bytes: value + (external.get(atMs) ?? 0) }),
  );
  const samples = points.length;
  if (samples < MAX_BLOCKS * SAMPLES_PER_BLOCK)
    return { ...noData('too few samples of the heap after warm-up'), samples };

  const envelope = lowerEnvelope(points, MAX_BLOCKS, ({ bytes }) => bytes);
  const spanMs = phase.endMs - fromMs;
  return {
    ...slopeMeasurement(
      envelope.map(({ atMs }) => atMs),
      envelope.map(({ bytes }) => bytes),
      perMs(spanMs),
    ),
    samples,
    note: `lower envelope of heap and external memory over ${Math.round(spanMs / 1000)} s after warm-up`,
  };
}

export const memoryGrowth: MeasureFunction<'memory-growth'> = (evidence, { phase }) =>
  memorySlopeIn(evidence, phase, (spanMs) => spanMs);

const HOUR_MS = 3_600_000;

export const memorySlope: MeasureFunction<'memory-slope'> = (evidence, { phase }) =>
  memorySlopeIn(evidence, phase, () => HOUR_MS);

/** Connections in use after the load, above those before it. The lowest sample counts: jobs may still be ending. */
export const unreturnedConnections: MeasureFunction<'unreturned-connections'> = ({
  run,
  resources: { target },
}) => {
  if (!target) return noData('the target offers no metrics');
  const points = pointsOf(target, TARGET_COLUMNS.connectionsActive);
  const before = points.filter(({ atMs }) => atMs <= 0).map(({ value }) => value);
  const after = points.filter(({ atMs }) => atMs > run.durationMs).map(({ value }) => value);
  if (before.length === 0 || after.length === 0)
    return noData('no samples of the connections before or after the load');
  const left = Math.max(0, Math.min(...after) - Math.min(...before));
  return { ...exactMeasurement(left, points.length), note: `${Math.min(...before)} in use before the load` };
};

/** The most that one of those who count restarts saw of them. None seen is none only where all of the run was. */
export const restarts: MeasureFunction<'restarts'> = ({ run, resources }) => {
  const seen = RESTART_COUNTERS.flatMap(([probe, column]) => {
    const points = pointsOf(resources[probe], column);
    const count = totalIncrease(points);
    return count > 0 || coverRun(points, run.durationMs) ? [{ probe, count, samples: points.length }] : [];
  });
  const [most] = seen.sort((a, b) => b.count - a.count);
  if (!most) return noData('nobody counted the restarts from the beginning to the end');
  return { ...growingCount(most.count, most.samples), note: `as counted by ${most.probe}` };
};

/** How many samples may be missing at an end of the run: what happens after the last one, nobody sees. */
const GAPS = 2;

function coverRun(points: readonly SamplePoint[], durationMs: number): boolean {
  const times = points.map(({ atMs }) => atMs);
  const [first, last] = [times[0], times.at(-1)];
  if (times.length < 2 || first === undefined || last === undefined) return false;
  const gap = typicalGapMs(times);
  return first <= GAPS * gap && last >= durationMs - GAPS * gap;
}

export const breakerEventTime: MeasureFunction<'breaker-time'> = (
  { run, resources: { target } },
  { event, phase: name },
) => {
  const phase = run.workload.phases.find((one) => one.name === name);
  const points = pointsOf(target, TARGET_COLUMNS.circuitBreakerState);
  const samples = phase ? samplesBetween(points, phase.startMs, phase.endMs).length : 0;
  if (!phase || samples === 0) return noData('the target says nothing of its circuit breakers');
  const taken = timeToBreakerEvent(breakerPeriods(target), event, phase);
  const lengthMs = phase.endMs - phase.startMs;
  return taken
    ? { value: taken.ms, interval: { low: taken.notBeforeMs, high: taken.ms }, samples }
    : {
        value: lengthMs,
        interval: { low: lengthMs, high: Number.POSITIVE_INFINITY },
        samples,
        note: 'it did not happen within the phase',
      };
};
