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

/** Windows close when k6 exports, a few ms late. */
const EDGE_MS = 100;

/**
 * Indexes of the windows that lie in these phases as a whole; of all, where none is named. The one that k6
 * closes as it ends may be a few ms long, in which nothing was due: such a piece says nothing.
 */
function windowsDuring({ run, windows }: Evidence, names?: readonly string[]): number[] {
  const phases = names && run.workload.phases.filter(({ name }) => names.includes(name));
  // Phases that follow one another directly are one: a window may begin in one and end in the next.
  const stretches =
    phases && joinPeriods(phases.map(({ startMs, endMs }) => ({ fromMs: startMs, toMs: endMs })));
  const shortest = Math.max(...windows.durationMs) / 2;
  return windowRows(windows).flatMap(({ fromMs, toMs }, i) => {
    const within = stretches?.some((one) => one.fromMs <= fromMs && toMs <= one.toMs + EDGE_MS) ?? true;
    return within && toMs - fromMs >= shortest ? [i] : [];
  });
}

export const windowRowsDuring = (evidence: Evidence, names?: readonly string[]): WindowRow[] => {
  const rows = windowRows(evidence.windows);
  return windowsDuring(evidence, names).flatMap((i) => rows[i] ?? []);
};

interface Seen {
  /** Null where there was nothing to measure. */
  value: number | null;
  requests: number;
}

type Windowed = NarrowedBy<'inEveryWindow'>;

type Look<M extends Windowed> = (windows: Windows, i: number, measure: M) => Seen;

const of = (column: readonly (number | null)[] | undefined, i: number) => column?.[i] ?? null;
const ratio = (part: number, whole: number) => (whole === 0 ? null : part / whole);
const countOf = (counts: readonly number[] | undefined, i: number) => counts?.[i] ?? 0;
const perSecond = ({ requests, durationMs }: Windows, i: number) =>
  ratio(countOf(requests, i) * 1000, countOf(durationMs, i));

/** How each kind looks in one window. */
const looks: { [K in Windowed['kind']]: Look<MeasureOf<K>> } = {
  'request-percentile': (windows, i, { q }) => ({
    value: of(windows[WINDOW_PERCENTILES[q] ?? 'p95Ms'], i),
    requests: countOf(windows.requests, i),
  }),
  'request-mean': ({ meanMs, requests }, i) => ({ value: of(meanMs, i), requests: countOf(requests, i) }),
  'error-rate': ({ errors, requests }, i) => ({
    value: ratio(countOf(errors, i), countOf(requests, i)),
    requests: countOf(requests, i),
  }),
  // A window in which little was answered is just what this is about.
  throughput: (windows, i) => ({ value: perSecond(windows, i), requests: Number.POSITIVE_INFINITY }),
  'flow-mean': ({ flows }, i, { flow }) => ({
    value: of(flows[flow]?.meanMs, i),
    requests: countOf(flows[flow]?.iterations, i),
  }),
  'flow-success-rate': ({ flows }, i, { flow }) => {
    const iterations = countOf(flows[flow]?.iterations, i);
    return { value: ratio(countOf(flows[flow]?.succeeded, i), iterations), requests: iterations };
  },
};

/** Whether the limit is kept in a window; null where that window does not count. */
function keptIn(windows: Windows, i: number, promise: WindowLimit): boolean | null {
  const look = looks[promise.measure.kind] as Look<Windowed>;
  const { value, requests } = look(windows, i, promise.measure);
  return value === null || requests < promise.minRequests ? null : meetsLimit(promise, value);
}

export const windowShare: MeasureFunction<'window-share'> = (evidence, { promise }, { phases }) => {
  const all = windowsDuring(evidence, phases);
  const hits = all.flatMap((i) => keptIn(evidence.windows, i, promise) ?? []);
  if (hits.length === 0) return noData('no window with enough requests');
  const kept = hits.filter(Boolean).length;
  const few = all.length - hits.length;
  return {
    value: kept / hits.length,
    interval: shareInterval(hits),
    samples: hits.length,
    note: `${kept} of ${hits.length} windows${few > 0 ? `; ${few} more had too few requests` : ''}`,
  };
};

/** One window that breaks the limits may be chance; from two on to the end of the ramp, they stay broken. */
const FOR_GOOD = 2;

/** Beyond the breaking point of a target that bends and does not snap, at least so much of the rate is still answered right. */
const GRACEFUL_SHARE = 0.8;

/** How a target did in the windows beyond its breaking point, as told to a person. */
function beyond(windows: Windows, indexes: readonly number[], atBreakPerS: number): string {
  const seconds = sum(indexes.map((i) => countOf(windows.durationMs, i))) / 1000;
  const right = sum(indexes.map((i) => countOf(windows.requests, i) - countOf(windows.errors, i))) / seconds;
  const unanswered = sum(
    NO_RESPONSE_KINDS.flatMap((kind) => indexes.map((i) => countOf(windows.errorsByKind[kind], i))),
  );
  const isGraceful = unanswered === 0 && right >= GRACEFUL_SHARE * atBreakPerS;
  return `${isGraceful ? 'gracefully' : 'not gracefully'}: beyond it ${formatRate(right)} right answers, ${pluralize(unanswered, 'request')} without any`;
}

const nameOf = (measure: Windowed) =>
  measure.kind === 'request-percentile' ? percentileName(measure.q) : measure.kind.replaceAll('-', ' ');

/**
 * The rate that was answered in the last window of a ramp before its limits were broken up to its end, known to one
 * window to either side. Where they were not, the most that was answered while they were kept: what it takes to
 * break them lies beyond that, nobody knows how far.
 */
export const breakingPoint: MeasureFunction<'breaking-point'> = (evidence, { ramp: phases, promises }) => {
  const { windows } = evidence;
  const ramp = windowsDuring(evidence, phases).map((i) => ({
    i,
    perSecond: perSecond(windows, i) ?? 0,
    kept: promises.map((promise) => keptIn(windows, i, promise)),
  }));
  const first = ramp.findIndex(({ kept }) => !kept.includes(null));
  if (first === -1) return noData(`no window with enough requests during ${phases.join(', ')}`);

  // Load only rises: where too little is answered once it was enough, the target no longer answers.
  const counted = ramp.slice(first).map((one) => ({
    ...one,
    kept: one.kept.every((kept) => kept === true),
    broken: promises.filter((_, n) => one.kept[n] !== true).map(({ measure }) => nameOf(measure)),
  }));
  const samples = counted.length;
  const last = counted.findLastIndex(({ kept }) => kept);
  const broken = counted[last + 1];
  if (!broken || samples - 1 - last < FOR_GOOD) {
    const highest = Math.max(0, ...counted.filter(({ kept }) => kept).map((one) => one.perSecond));
    return { value: highest, interval: { low: highest, high: Infinity }, samples, note: 'not reached' };
  }
  const value = counted[last]?.perSecond ?? 0;
  return {
    value,
    interval: {
      low: Math.min(value, counted[last - 1]?.perSecond ?? value),
      high: Math.max(value, broken.perSecond),
    },
    samples,
    note: [
      `${broken.broken.join(' and ')} broken for good from ${formatDuration(windows.startMs[broken.i] ?? 0)} on, at ${windows.vus[broken.i] ?? '?'} VUs`,
      beyond(
        windows,
        counted.slice(last + 1).map(({ i }) => i),
        value,
      ),
    ].join('; '),
  };
};

/**
 * Time from the begin of the recovery phase until the last window in which the scenario's median was above its
 * level before the spike, or in which something failed or nothing was answered: a refusal may be quick. The
 * resolution is that of the windows.
 */
export const recoveryTime: MeasureFunction<'recovery-time'> = (
  evidence,
  { scenario, referencePhase, recoveryPhase, tolerance },
) => {
  const { run, windows } = evidence;
  const columns = windows.scenarios[scenario];
  if (!columns) return noData(`no telemetry of the scenario ${scenario}`);
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
  const note = `back within ${formatExactValue(tolerance, 'fraction')} of ${formatMs(level)}, seen in windows of ${formatDuration(resolution)}`;
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

/** Slope of the mean response time over a phase, times its length, as a share of its mean. */
export const durationDrift: MeasureFunction<'duration-drift'> = (evidence, { phase }): Measurement => {
  const rows = windowRowsDuring(evidence, [phase]).filter(({ meanMs }) => meanMs !== null);
  if (rows.length < MIN_POINTS) return { ...noData('too few windows'), samples: rows.length };
  const xs = rows.map(({ fromMs }) => fromMs);
  const ys = rows.flatMap(({ meanMs }) => meanMs ?? []);
  const spanMs = (xs.at(-1) ?? 0) - (xs[0] ?? 0);
  return { ...slopeMeasurement(xs, ys, spanMs / mean(ys)), note: `${formatMs(mean(ys))} on average` };
};
