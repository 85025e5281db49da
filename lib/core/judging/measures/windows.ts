import {
  type MeasureOf,
  meetsLimit,
  type NarrowedBy,
  WINDOW_PERCENTILES,
  type WindowLimit,
} from '../../definition/index.ts';
import { type Evidence, type WindowRow, type Windows, windowRows } from '../../evidence/index.ts';
import { NO_RESPONSE_KINDS } from '../../metrics/index.ts';
import {
  formatDuration,
  formatExactValue,
  formatMs,
  formatRate,
  MIN_POINTS,
  mean,
  median,
  percentileName,
  pluralize,
  shareInterval,
  sum,
} from '../../numbers/index.ts';
import { joinPeriods } from '../diagnosis/periods.ts';
import { type MeasureFunction, type Measurement, noData, slopeMeasurement } from './measurement.ts';

/** Windows close when k6 exports, which may be a few ms late. */
const MAX_EXPORT_DELAY_MS = 100;

/**
 * Indexes of the windows that lie entirely within the named phases, or of all windows without names. Ignores the last
 * window if it is much shorter than the others, because k6 closes it when it exits.
 */
function windowsDuring({ run, windows }: Evidence, names?: readonly string[]): number[] {
  const phases = names && run.workload.phases.filter(({ name }) => names.includes(name));
  // Join consecutive phases, because a window may start in one phase and end in the next.
  const periods = phases && joinPeriods(phases.map(({ startMs, endMs }) => ({ fromMs: startMs, toMs: endMs })));
  const minLengthMs = Math.max(...windows.durationMs) / 2;
  return windowRows(windows).flatMap(({ fromMs, toMs }, i) => {
    const isInside =
      periods?.some((period) => period.fromMs <= fromMs && toMs <= period.toMs + MAX_EXPORT_DELAY_MS) ?? true;
    return isInside && toMs - fromMs >= minLengthMs ? [i] : [];
  });
}

export const windowRowsDuring = (evidence: Evidence, names?: readonly string[]): WindowRow[] => {
  const rows = windowRows(evidence.windows);
  return windowsDuring(evidence, names).flatMap((i) => rows[i] ?? []);
};

interface WindowValue {
  /** The measured value, or null if there was nothing to measure. */
  value: number | null;
  requests: number;
}

type WindowMeasure = NarrowedBy<'inEveryWindow'>;

type MeasureWindow<M extends WindowMeasure> = (windows: Windows, i: number, measure: M) => WindowValue;

const valueAt = (column: readonly (number | null)[] | undefined, i: number) => column?.[i] ?? null;
const ratio = (part: number, whole: number) => (whole === 0 ? null : part / whole);
const countAt = (counts: readonly number[] | undefined, i: number) => counts?.[i] ?? 0;
const perSecond = ({ requests, durationMs }: Windows, i: number) =>
  ratio(countAt(requests, i) * 1000, countAt(durationMs, i));

/** Measures each kind in a single window. */
const MEASURE_WINDOW: { [K in WindowMeasure['kind']]: MeasureWindow<MeasureOf<K>> } = {
  'request-percentile': (windows, i, { q }) => ({
    value: valueAt(windows[WINDOW_PERCENTILES[q] ?? 'p95Ms'], i),
    requests: countAt(windows.requests, i),
  }),
  'request-mean': ({ meanMs, requests }, i) => ({
    value: valueAt(meanMs, i),
    requests: countAt(requests, i),
  }),
  'error-rate': ({ errors, requests }, i) => ({
    value: ratio(countAt(errors, i), countAt(requests, i)),
    requests: countAt(requests, i),
  }),
  // Throughput has no minimum number of requests, because windows with few requests must count.
  throughput: (windows, i) => ({ value: perSecond(windows, i), requests: Number.POSITIVE_INFINITY }),
  'flow-mean': ({ flows }, i, { flow }) => ({
    value: valueAt(flows[flow]?.meanMs, i),
    requests: countAt(flows[flow]?.iterations, i),
  }),
  'flow-success-rate': ({ flows }, i, { flow }) => {
    const iterations = countAt(flows[flow]?.iterations, i);
    return { value: ratio(countAt(flows[flow]?.succeeded, i), iterations), requests: iterations };
  },
};

/** Returns whether a window meets the limit, or null if the window has too few requests. */
function windowMeetsLimit(windows: Windows, i: number, limit: WindowLimit): boolean | null {
  const measureWindow = MEASURE_WINDOW[limit.measure.kind] as MeasureWindow<WindowMeasure>;
  const { value, requests } = measureWindow(windows, i, limit.measure);
  return value === null || requests < limit.minRequests ? null : meetsLimit(limit, value);
}

export const windowShare: MeasureFunction<'window-share'> = (evidence, { promise: limit }, { phases }) => {
  const all = windowsDuring(evidence, phases);
  const outcomes = all.flatMap((i) => windowMeetsLimit(evidence.windows, i, limit) ?? []);
  if (outcomes.length === 0) return noData('no window with enough requests');
  const met = outcomes.filter(Boolean).length;
  const skipped = all.length - outcomes.length;
  return {
    value: met / outcomes.length,
    interval: shareInterval(outcomes),
    samples: outcomes.length,
    note: `${met} of ${outcomes.length} windows${skipped > 0 ? `; ${skipped} more had too few requests` : ''}`,
  };
};

/** The ramp must end with at least this many windows over the limits, because a single one may be chance. */
const MIN_BROKEN_WINDOWS = 2;

/** A target degrades gracefully if it still serves at least this share of its rate at the breaking point. */
const MIN_GRACEFUL_SHARE = 0.8;

/** Describes how the target behaved in the windows beyond its breaking point. */
function degradationBeyond(windows: Windows, indexes: readonly number[], atBreakPerS: number): string {
  const seconds = sum(indexes.map((i) => countAt(windows.durationMs, i))) / 1000;
  const successPerS = sum(indexes.map((i) => countAt(windows.requests, i) - countAt(windows.errors, i))) / seconds;
  const unanswered = sum(
    NO_RESPONSE_KINDS.flatMap((kind) => indexes.map((i) => countAt(windows.errorsByKind[kind], i))),
  );
  const isGraceful = unanswered === 0 && successPerS >= MIN_GRACEFUL_SHARE * atBreakPerS;
  return `${isGraceful ? 'degrades gracefully' : 'does not degrade gracefully'}: beyond that, ${formatRate(successPerS)} successful responses and ${pluralize(unanswered, 'request')} without a response`;
}

const nameOf = (measure: WindowMeasure) =>
  measure.kind === 'request-percentile' ? percentileName(measure.q) : measure.kind.replaceAll('-', ' ');

/**
 * Returns the rate in the last window before the limits stay exceeded until the end of the ramp, plus or minus one
 * window. If that never happens, returns the highest rate within the limits as a lower bound.
 */
export const breakingPoint: MeasureFunction<'breaking-point'> = (evidence, { ramp: phases, promises: limits }) => {
  const { windows } = evidence;
  const ramp = windowsDuring(evidence, phases).map((i) => ({
    i,
    perSecond: perSecond(windows, i) ?? 0,
    met: limits.map((limit) => windowMeetsLimit(windows, i, limit)),
  }));
  const first = ramp.findIndex(({ met }) => !met.includes(null));
  if (first === -1) return noData(`no window with enough requests during ${phases.join(', ')}`);

  // The load only rises, so a later window with too few requests means that the target stopped responding.
  const measured = ramp.slice(first).map((window) => ({
    ...window,
    isWithin: window.met.every((met) => met === true),
    exceeded: limits.filter((_, n) => window.met[n] !== true).map(({ measure }) => nameOf(measure)),
  }));
  const samples = measured.length;
  const last = measured.findLastIndex(({ isWithin }) => isWithin);
  const broken = measured[last + 1];
  if (!broken || samples - 1 - last < MIN_BROKEN_WINDOWS) {
    const highest = Math.max(0, ...measured.filter(({ isWithin }) => isWithin).map((window) => window.perSecond));
    return { value: highest, interval: { low: highest, high: Infinity }, samples, note: 'not reached' };
  }
  const value = measured[last]?.perSecond ?? 0;
  return {
    value,
    interval: {
      low: Math.min(value, measured[last - 1]?.perSecond ?? value),
      high: Math.max(value, broken.perSecond),
    },
    samples,
    note: [
      `limit exceeded from ${formatDuration(windows.startMs[broken.i] ?? 0)} until the end of the ramp, starting at ${windows.vus[broken.i] ?? '?'} VUs: ${broken.exceeded.join(' and ')}`,
      degradationBeyond(
        windows,
        measured.slice(last + 1).map(({ i }) => i),
        value,
      ),
    ].join('; '),
  };
};

/**
 * Time from the start of the recovery phase to the end of the last window in which the scenario had not recovered: its
 * median exceeded the level before the spike by more than the tolerance, a request failed, or there was no response.
 * Failed requests count because refusals may be fast. The result is accurate to one window.
 */
export const recoveryTime: MeasureFunction<'recovery-time'> = (
  evidence,
  { scenario, referencePhase, recoveryPhase, tolerance },
) => {
  const { run, windows } = evidence;
  const columns = windows.scenarios[scenario];
  if (!columns) return noData(`no telemetry from the scenario ${scenario}`);
  const inPhase = (name: string) =>
    windowsDuring(evidence, [name]).map((i) => ({
      i,
      requests: columns.requests[i] ?? 0,
      p50: columns.errors[i] === 0 ? (columns.p50Ms[i] ?? null) : null,
    }));
  const reference = inPhase(referencePhase).flatMap(({ p50 }) => p50 ?? []);
  const recovery = inPhase(recoveryPhase);
  const samples = sum(recovery.map(({ requests }) => requests));
  if (reference.length === 0 || samples === 0) return noData('no probe traffic before or after the spike');

  const level = median(reference);
  const bound = level * (1 + tolerance);
  const startMs = run.workload.phases.find(({ name }) => name === recoveryPhase)?.startMs ?? 0;
  const endOf = (i: number) => (windows.startMs[i] ?? 0) + (windows.durationMs[i] ?? 0) - startMs;
  const lastSlow = recovery.findLast(({ p50 }) => p50 === null || p50 > bound);
  const last = recovery.at(-1);
  const resolution = mean(recovery.map(({ i }) => windows.durationMs[i] ?? 0));
  const note = `back within ${formatExactValue(tolerance, 'fraction')} of ${formatMs(level)}, measured in windows of ${formatDuration(resolution)}`;
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
};

/** Slope of the mean response time over a phase, times the length of the phase, as a share of the mean. */
export const durationDrift: MeasureFunction<'duration-drift'> = (evidence, { phase }): Measurement => {
  const rows = windowRowsDuring(evidence, [phase]).filter(({ meanMs }) => meanMs !== null);
  if (rows.length < MIN_POINTS) return { ...noData('too few windows'), samples: rows.length };
  const xs = rows.map(({ fromMs }) => fromMs);
  const ys = rows.flatMap(({ meanMs }) => meanMs ?? []);
  const lengthMs = (xs.at(-1) ?? 0) - (xs[0] ?? 0);
  return { ...slopeMeasurement(xs, ys, lengthMs / mean(ys)), note: `${formatMs(mean(ys))} on average` };
};
