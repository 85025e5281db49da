import type { Criterion, Measure } from './criteria.ts';
import { emptyHistogram, type Histogram, mergeHistograms, quantile } from './histogram.ts';
import { PERCENTILES } from './metrics.ts';
import { TARGET_COLUMNS } from './resources.ts';
import type { Evidence, FlowFigures, PhaseFigures, Samples, Trend } from './result.ts';
import {
  FEWEST_POINTS,
  fitLine,
  type Interval,
  mean,
  median,
  percentileInterval,
  ratioInterval,
  slopeInterval,
  wilsonInterval,
} from './statistics.ts';
import type { Phase } from './workloads.ts';

/** A value with its uncertainty; a null value is no data, and the note says why. */
export interface Measurement {
  value: number | null;
  interval: Interval | null;
  samples: number;
  /** A count of what has happened: with more samples it stays or grows. */
  onlyGrows?: boolean;
  note?: string;
}

type Take<Kind extends Measure['kind']> = (
  evidence: Evidence,
  measure: Extract<Measure, { kind: Kind }>,
  phases: readonly string[] | undefined,
) => Measurement;

const noData = (note: string): Measurement => ({ value: null, interval: null, samples: 0, note });

/** How each kind of criterion is measured. */
const takes: { [Kind in Measure['kind']]: Take<Kind> } = {
  'request-percentile': (evidence, { q }, phases) => {
    if (!phases) return percentile(evidence.totals.durationMs, q);
    const parts = partsOf(evidence, phases);
    const [only] = parts;
    if (parts.length === 1 && only) return percentile(only.durationMs, q);
    return percentileOf(
      parts.map(({ durationMs }) => durationMs.histogram ?? emptyHistogram()),
      q,
    );
  },

  'error-rate': (evidence, _, phases) => {
    const parts = phases ? partsOf(evidence, phases) : [evidence.totals];
    return rate(total(parts, 'errors'), total(parts, 'requests'));
  },

  'error-count': ({ errors, totals }, { errorKind }) =>
    happened(
      total(
        errors.filter(({ kind }) => kind === errorKind),
        'count',
      ),
      totals.requests,
    ),

  'failed-checks': ({ totals }) => happened(totals.errors, totals.requests),

  'contract-violations': ({ contracts }) => happened(contracts.broken, contracts.checked),

  'flow-success-rate': (evidence, { flow }) => {
    const found = flowOf(evidence, flow);
    return found ? rate(found.succeeded, found.iterations) : noData(`no flow named ${flow}`);
  },

  'flow-mean': (evidence, { flow }) => {
    const found = flowOf(evidence, flow);
    if (!found || found.iterations === 0) return noData(`no ${flow} flow has ended`);
    const { iterations = [], meanMs = [] } = evidence.windows.flows[flow] ?? {};
    const windows = iterations.flatMap((count, i) => (count > 0 ? [{ count, meanMs: meanMs[i] ?? 0 }] : []));
    const interval = ratioInterval(
      windows.map((one) => one.count * one.meanMs),
      windows.map(({ count }) => count),
    );
    const measured = { value: found.durationMs.mean, interval, samples: found.iterations };
    return windows.length < FEWEST_POINTS
      ? { ...measured, note: 'ended within too few windows to tell how far the mean is off' }
      : measured;
  },

  'flow-percentile': (evidence, { flow, q }) => {
    const found = flowOf(evidence, flow);
    return found ? percentile(found.durationMs, q) : noData(`no flow named ${flow}`);
  },

  'recovery-time': recoveryTime,
  'memory-growth': memoryGrowth,
  'unreturned-connections': unreturnedConnections,
  'duration-drift': durationDrift,
};

export function measure(evidence: Evidence, { measure: wanted, phases }: Criterion): Measurement {
  // The table pairs every kind with its own function; that the two agree is beyond what an index can express.
  const take = takes[wanted.kind] as Take<Measure['kind']>;
  return take(evidence, wanted, phases);
}

function percentile(trend: Trend, q: number): Measurement {
  const histogram = trend.histogram;
  if (!histogram || histogram.count === 0) return noData('no samples');
  const exactly = Object.entries(PERCENTILES).find(([, fraction]) => fraction === q)?.[0] as
    | keyof typeof PERCENTILES
    | undefined;
  const measured = percentileOf([histogram], q);
  return exactly ? aroundExact(measured, trend[exactly]) : measured;
}

/**
 * The exact value with the histogram's interval around it. Both ends are moved by the same factor as the value:
 * neighbouring ranks are off by the same part of a bucket.
 */
function aroundExact({ value: estimate, interval, samples }: Measurement, value: number): Measurement {
  if (!estimate || !interval) return { value, interval: { low: value, high: value }, samples };
  const factor = value / estimate;
  return { value, interval: { low: interval.low * factor, high: interval.high * factor }, samples };
}

function percentileOf(histograms: readonly Histogram[], q: number): Measurement {
  const merged = histograms.reduce(mergeHistograms, emptyHistogram());
  if (merged.count === 0) return noData('no samples');
  return { value: quantile(merged, q), interval: percentileInterval(merged, q), samples: merged.count };
}

function rate(hits: number, trials: number): Measurement {
  if (trials === 0) return noData('no samples');
  return { value: hits / trials, interval: wilsonInterval(hits, trials), samples: trials };
}

/** A count of what happened is what it is: there is nothing to estimate. */
function exact(value: number, samples: number): Measurement {
  return samples === 0 ? noData('no samples') : { value, interval: { low: value, high: value }, samples };
}

const happened = (count: number, samples: number): Measurement => ({
  ...exact(count, samples),
  onlyGrows: true,
});

/**
 * Time from the begin of the recovery phase until the last window in which the scenario's median was above its
 * level before the spike, or in which something failed or nothing was answered: a refusal may be quick. The
 * resolution is that of the windows.
 */
function recoveryTime(
  { run, windows }: Evidence,
  { scenario, referencePhase, recoveryPhase, tolerance }: Extract<Measure, { kind: 'recovery-time' }>,
): Measurement {
  const columns = windows.scenarios[scenario];
  if (!columns) return noData(`no telemetry of the scenario ${scenario}`);
  const inPhase = (name: string) =>
    windowsWithin(windows, phaseOf(run.workload.phases, name)).map((i) => ({
      i,
      requests: columns.requests[i] ?? 0,
      p50: columns.errors[i] === 0 ? (columns.p50Ms[i] ?? null) : null,
    }));
  const reference = inPhase(referencePhase).flatMap(({ p50 }) => p50 ?? []);
  const recovery = inPhase(recoveryPhase);
  const samples = total(recovery, 'requests');
  if (reference.length === 0 || samples === 0) return noData('no probe traffic before or after the spike');

  const level = median(reference);
  const bound = level * (1 + tolerance);
  const startMs = phaseOf(run.workload.phases, recoveryPhase)?.startMs ?? 0;
  const endOf = (i: number) => (windows.startMs[i] ?? 0) + (windows.durationMs[i] ?? 0) - startMs;
  const lastSlow = recovery.findLast(({ p50 }) => p50 === null || p50 > bound);
  const last = recovery.at(-1);
  const resolution = mean(recovery.map(({ i }) => windows.durationMs[i] ?? 0));
  const note = `back within ${tolerance * 100} % of ${level.toFixed(0)} ms, seen in windows of ${(resolution / 1000).toFixed(1)} s`;
  if (!lastSlow) return { value: 0, interval: { low: 0, high: resolution }, samples, note };
  const recoveredMs = endOf(lastSlow.i);
  if (lastSlow === last)
    return {
      value: recoveredMs,
      interval: { low: recoveredMs, high: Infinity },
      samples,
      note: `not ${note}`,
    };
  return {
    value: recoveredMs,
    interval: { low: recoveredMs - resolution, high: recoveredMs + resolution },
    samples,
    note,
  };
}

/** The first third of a phase is warm-up: caches fill, code is compiled, and both stop. */
const WARM_UP = 1 / 3;
/** Blocks whose lowest value stands for them: the lower envelope is the memory that collections leave. */
const ENVELOPE_BLOCKS = 12;
const SAMPLES_PER_BLOCK = 3;

/**
 * Heap and external memory, by their lower envelope: resident memory drifts by tens of MB a minute on healthy
 * services, and a heap between two collections says nothing.
 */
function memoryGrowth(
  { run, resources }: Evidence,
  { phase: name }: Extract<Measure, { kind: 'memory-growth' }>,
): Measurement {
  const phase = phaseOf(run.workload.phases, name);
  const target = resources.target;
  if (!phase || !target) return noData('the target offers no metrics');
  const fromMs = phase.startMs + (phase.endMs - phase.startMs) * WARM_UP;
  const points = samplesOf(target, TARGET_COLUMNS.heapUsedBytes)
    .map(({ atMs, value, index }) => ({
      atMs,
      bytes: value + (target.columns[TARGET_COLUMNS.externalBytes]?.[index] ?? 0),
    }))
    .filter(({ atMs }) => fromMs <= atMs && atMs <= phase.endMs);
  if (points.length < ENVELOPE_BLOCKS * SAMPLES_PER_BLOCK)
    return { ...noData('too few samples of the heap after warm-up'), samples: points.length };

  const envelope = blocks(points, ENVELOPE_BLOCKS).map((block) =>
    block.reduce((lowest, point) => (point.bytes < lowest.bytes ? point : lowest)),
  );
  const xs = envelope.map(({ atMs }) => atMs);
  const ys = envelope.map(({ bytes }) => bytes);
  const spanMs = phase.endMs - fromMs;
  const slope = slopeInterval(xs, ys);
  return {
    value: fitLine(xs, ys).slope * spanMs,
    interval: { low: slope.low * spanMs, high: slope.high * spanMs },
    samples: points.length,
    note: `lower envelope of heap and external memory over ${Math.round(spanMs / 1000)} s after warm-up`,
  };
}

/** Connections in use after the load, above those before it. The lowest sample counts: jobs may still be ending. */
function unreturnedConnections({ run, resources }: Evidence): Measurement {
  const target = resources.target;
  if (!target) return noData('the target offers no metrics');
  const points = samplesOf(target, TARGET_COLUMNS.connectionsActive);
  const before = points.filter(({ atMs }) => atMs <= 0).map(({ value }) => value);
  const after = points.filter(({ atMs }) => atMs > run.durationMs).map(({ value }) => value);
  if (before.length === 0 || after.length === 0)
    return noData('no samples of the connections before or after the load');
  const left = Math.max(0, Math.min(...after) - Math.min(...before));
  return { ...exact(left, points.length), note: `${Math.min(...before)} in use before the load` };
}

/** Slope of the mean response time over a phase, times its length, as a share of its mean. */
function durationDrift(
  { run, windows }: Evidence,
  { phase: name }: Extract<Measure, { kind: 'duration-drift' }>,
): Measurement {
  const points = windowsWithin(windows, phaseOf(run.workload.phases, name)).flatMap((i) => {
    const value = windows.meanMs[i];
    return value == null ? [] : [{ atMs: windows.startMs[i] ?? 0, value }];
  });
  if (points.length < FEWEST_POINTS) return { ...noData('too few windows'), samples: points.length };
  const xs = points.map(({ atMs }) => atMs);
  const ys = points.map(({ value }) => value);
  const spanMs = (xs.at(-1) ?? 0) - (xs[0] ?? 0);
  const scale = spanMs / mean(ys);
  const slope = slopeInterval(xs, ys);
  return {
    value: fitLine(xs, ys).slope * scale,
    interval: { low: slope.low * scale, high: slope.high * scale },
    samples: points.length,
    note: `${mean(ys).toFixed(0)} ms on average`,
  };
}

const phaseOf = (phases: readonly Phase[], name: string) => phases.find((phase) => phase.name === name);

/**
 * Indexes of the windows that lie in a phase as a whole. The one that k6 closes as it ends may be a few ms long, in
 * which nothing was due: such a piece says nothing.
 */
function windowsWithin({ startMs, durationMs }: Evidence['windows'], phase: Phase | undefined): number[] {
  if (!phase) return [];
  const shortest = Math.max(...durationMs) / 2;
  return startMs.flatMap((start, i) => {
    const length = durationMs[i] ?? 0;
    const within = phase.startMs <= start && start + length <= phase.endMs + EDGE_MS;
    return within && length >= shortest ? [i] : [];
  });
}

/** Windows close when k6 exports, a few ms late. */
const EDGE_MS = 100;

const partsOf = ({ phases }: Evidence, names: readonly string[]): PhaseFigures[] =>
  phases.filter(({ name }) => names.includes(name));

const flowOf = ({ flows }: Evidence, name: string): FlowFigures | undefined =>
  flows.find((flow) => flow.name === name);

function total<Key extends string>(parts: readonly Record<Key, number>[], key: Key): number {
  return parts.reduce((sum, part) => sum + part[key], 0);
}

function samplesOf(
  { atMs, columns }: Samples,
  column: string,
): { atMs: number; value: number; index: number }[] {
  return (columns[column] ?? []).flatMap((value, index) =>
    value === null ? [] : [{ atMs: atMs[index] ?? 0, value, index }],
  );
}

/** Cut into this many runs of neighbours, as even as can be. */
function blocks<T>(items: readonly T[], count: number): T[][] {
  return Array.from({ length: count }, (_, i) =>
    items.slice(Math.floor((i * items.length) / count), Math.floor(((i + 1) * items.length) / count)),
  );
}
