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
 * Slope of the lower envelope of heap and external memory. Resident memory is not used because it drifts by tens of MB
 * per minute on healthy services.
 * @param factor converts a slope in bytes per ms to the unit of the criterion, given the length of the measured period
 */
function memorySlopeIn(
  { run, resources: { target } }: Evidence,
  phaseName: string,
  factor: (lengthMs: number) => number,
): Measurement {
  const phase = run.workload.phases.find(({ name }) => name === phaseName);
  if (!phase || !target) return noData('the target exposes no metrics');
  const fromMs = phase.startMs + (phase.endMs - phase.startMs) * WARM_UP_SHARE;
  const external = new Map(pointsOf(target, TARGET_COLUMNS.externalBytes).map(({ atMs, value }) => [atMs, value]));
  const points = samplesBetween(pointsOf(target, TARGET_COLUMNS.heapUsedBytes), fromMs, phase.endMs).map(
    ({ atMs, value }) => ({ atMs, bytes: value + (external.get(atMs) ?? 0) }),
  );
  const samples = points.length;
  if (samples < MAX_BLOCKS * SAMPLES_PER_BLOCK)
    return { ...noData('too few samples of the heap after warm-up'), samples };

  const envelope = lowerEnvelope(points, MAX_BLOCKS, ({ bytes }) => bytes);
  const lengthMs = phase.endMs - fromMs;
  return {
    ...slopeMeasurement(
      envelope.map(({ atMs }) => atMs),
      envelope.map(({ bytes }) => bytes),
      factor(lengthMs),
    ),
    samples,
    note: `lower envelope of heap and external memory over ${Math.round(lengthMs / 1000)} s after warm-up`,
  };
}

export const memoryGrowth: MeasureFunction<'memory-growth'> = (evidence, { phase }) =>
  memorySlopeIn(evidence, phase, (lengthMs) => lengthMs);

const HOUR_MS = 3_600_000;

export const memorySlope: MeasureFunction<'memory-slope'> = (evidence, { phase }) =>
  memorySlopeIn(evidence, phase, () => HOUR_MS);

/**
 * Increase of connections in use from before to after the load. Uses the lowest samples, because jobs may still be
 * running.
 */
export const unreturnedConnections: MeasureFunction<'unreturned-connections'> = ({ run, resources: { target } }) => {
  if (!target) return noData('the target exposes no metrics');
  const points = pointsOf(target, TARGET_COLUMNS.connectionsActive);
  const before = points.filter(({ atMs }) => atMs <= 0).map(({ value }) => value);
  const after = points.filter(({ atMs }) => atMs > run.durationMs).map(({ value }) => value);
  if (before.length === 0 || after.length === 0) return noData('no connection samples before or after the load');
  const unreturned = Math.max(0, Math.min(...after) - Math.min(...before));
  return {
    ...exactMeasurement(unreturned, points.length),
    note: `${Math.min(...before)} in use before the load`,
  };
};

/** The highest count of all restart counters. A count of 0 is valid only if the counter covered the whole run. */
export const restarts: MeasureFunction<'restarts'> = ({ run, resources }) => {
  const counts = RESTART_COUNTERS.flatMap(([probe, column]) => {
    const points = pointsOf(resources[probe], column);
    const count = totalIncrease(points);
    return count > 0 || coverRun(points, run.durationMs) ? [{ probe, count, samples: points.length }] : [];
  });
  const [highest] = counts.sort((a, b) => b.count - a.count);
  if (!highest) return noData('no probe counted restarts for the whole run');
  return { ...growingCount(highest.count, highest.samples), note: `counted by ${highest.probe}` };
};

/** A counter covers the run if at most this many sampling intervals are missing at the start and at the end. */
const MAX_MISSING_INTERVALS = 2;

function coverRun(points: readonly SamplePoint[], durationMs: number): boolean {
  const times = points.map(({ atMs }) => atMs);
  const [first, last] = [times[0], times.at(-1)];
  if (times.length < 2 || first === undefined || last === undefined) return false;
  const gap = typicalGapMs(times);
  return first <= MAX_MISSING_INTERVALS * gap && last >= durationMs - MAX_MISSING_INTERVALS * gap;
}

export const breakerEventTime: MeasureFunction<'breaker-time'> = (
  { run, resources: { target } },
  { event, phase: name },
) => {
  const phase = run.workload.phases.find((candidate) => candidate.name === name);
  const points = pointsOf(target, TARGET_COLUMNS.circuitBreakerState);
  const samples = phase ? samplesBetween(points, phase.startMs, phase.endMs).length : 0;
  if (!phase || samples === 0) return noData('the target does not report its circuit breakers');
  const time = timeToBreakerEvent(breakerPeriods(target), event, phase);
  const lengthMs = phase.endMs - phase.startMs;
  return time
    ? { value: time.ms, interval: { low: time.notBeforeMs, high: time.ms }, samples }
    : {
        value: lengthMs,
        interval: { low: lengthMs, high: Number.POSITIVE_INFINITY },
        samples,
        note: `the breaker did not ${event === 'opens' ? 'open' : 'close'} during the phase`,
      };
};
