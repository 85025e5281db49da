import type { BreakerEvent } from './breaker.ts';
import { formatExactly, parseDuration } from './duration.ts';
import type { ErrorKind } from './errors.ts';
import { fewestTrials } from './statistics.ts';

export type Severity = 'critical' | 'minor';
export type Unit = 'ms' | 'fraction' | 'count' | 'perSecond' | 'bytes' | 'bytesPerHour';

/** What is measured; each kind has one row in measures.ts. */
export type Measure =
  | { kind: 'request-percentile'; q: number }
  | { kind: 'request-mean' }
  | { kind: 'error-rate' }
  | { kind: 'request-count' }
  | { kind: 'throughput' }
  | { kind: 'error-count'; errorKind: ErrorKind }
  | { kind: 'refusal-share'; status: number }
  | { kind: 'degraded-share' }
  | { kind: 'failed-checks' }
  | { kind: 'contract-violations' }
  | { kind: 'flow-success-rate'; flow: string }
  | { kind: 'flow-mean'; flow: string }
  | { kind: 'flow-percentile'; flow: string; q: number }
  | { kind: 'window-share'; promise: WindowPromise }
  | { kind: 'breaking-point'; ramp: string[]; promises: WindowPromise[] }
  | {
      kind: 'recovery-time';
      scenario: string;
      referencePhase: string;
      recoveryPhase: string;
      tolerance: number;
    }
  | { kind: 'duration-drift'; phase: string }
  | { kind: 'memory-growth'; phase: string }
  | { kind: 'memory-slope'; phase: string }
  | { kind: 'unreturned-connections' }
  | { kind: 'restarts' }
  | { kind: 'start-spread' }
  | { kind: 'damaged-records' }
  | { kind: 'breaker-time'; event: BreakerEvent; phase: string };

export type Kind = Measure['kind'];
export type MeasureOf<K extends Kind> = Extract<Measure, { kind: K }>;

/** A limit, and which side of it is kept. */
export interface Limit {
  comparison: 'below' | 'above' | 'at-most';
  limit: number;
}

/** A limit that is looked at window by window. */
export interface WindowPromise extends Limit {
  measure: NarrowedBy<'inEveryWindow'>;
  /** A window with fewer requests than this does not count. */
  minRequests: number;
}

/** The part of a run that a criterion is about; without any of these, all of it. */
export interface Scope {
  endpoint?: string;
  /** Of the flow that is measured. */
  step?: string;
  /** Of the workload. */
  phases?: string[];
}

/** A promise: what is measured, where, and the limit it has to keep. */
export interface Criterion<M extends Measure = Measure> extends Scope, Limit {
  id: string;
  title: string;
  measure: M;
  unit: Unit;
  severity: Severity;
  /** With fewer samples than this, there is no data to judge. */
  minSamples: number;
}

type CriterionOf<K extends Kind> = Criterion<MeasureOf<K>>;

/** The kinds that each word narrows: those whose figures a result has for such a part. */
export const NARROWS = {
  at: [
    'request-percentile',
    'request-mean',
    'error-rate',
    'request-count',
    'throughput',
    'error-count',
    'refusal-share',
    'degraded-share',
    'failed-checks',
  ],
  during: [
    'request-percentile',
    'request-mean',
    'error-rate',
    'request-count',
    'throughput',
    'refusal-share',
    'degraded-share',
    'failed-checks',
    'window-share',
    'start-spread',
  ],
  ofStep: ['flow-percentile', 'flow-mean', 'flow-success-rate'],
  inEveryWindow: [
    'request-percentile',
    'request-mean',
    'error-rate',
    'throughput',
    'flow-mean',
    'flow-success-rate',
  ],
} as const satisfies Record<string, readonly Kind[]>;

export type Word = keyof typeof NARROWS;
export type NarrowedBy<W extends Word> = MeasureOf<(typeof NARROWS)[W][number]>;

/** The percentiles that windows have a column of. */
export const WINDOW_PERCENTILES: Record<number, 'p50Ms' | 'p95Ms' | 'p99Ms'> = {
  0.5: 'p50Ms',
  0.95: 'p95Ms',
  0.99: 'p99Ms',
};

/** Whether a value keeps a limit. */
export function keeps({ comparison, limit }: Limit, value: number): boolean {
  switch (comparison) {
    case 'below':
      return value < limit;
    case 'above':
      return value > limit;
    case 'at-most':
      return value <= limit;
  }
}

/** Ten samples beyond the percentile: below that, its value is one or two requests' luck. */
const samplesFor = (q: number) => Math.ceil(10 / (1 - q) - 1e-9);

const percentileName = (q: number) => `p${Number((q * 100).toFixed(3))}`;

const MB = 1024 * 1024;

/**
 * Narrows a criterion on requests to those of one endpoint.
 * @param endpoint its name: `GET /admin/bookings/:id`
 */
export function at<M extends NarrowedBy<'at'>>(endpoint: string, criterion: Criterion<M>): Criterion<M> {
  refuseToNarrow('at', criterion);
  return {
    ...criterion,
    id: `${criterion.id}[${endpoint}]`,
    title: `${criterion.title} of ${endpoint}`,
    endpoint,
  };
}

/** Narrows a criterion on a flow to one of its steps. */
export function ofStep<M extends NarrowedBy<'ofStep'>>(step: string, criterion: Criterion<M>): Criterion<M> {
  refuseToNarrow('ofStep', criterion);
  return { ...criterion, id: `${criterion.id}[${step}]`, title: `${criterion.title} of step ${step}`, step };
}

/** Narrows a criterion to some phases of the workload. Its id says so: the same promise may hold elsewhere too. */
export function during<M extends NarrowedBy<'during'>>(
  phases: string[],
  criterion: Criterion<M>,
): Criterion<M> {
  refuseToNarrow('during', criterion);
  return {
    ...criterion,
    id: `${criterion.id}@${phases.join('+')}`,
    title: `${criterion.title} during ${phases.join(', ')}`,
    phases,
  };
}

/**
 * A limit for each window of the run, of which a share may break it. It takes so many windows that a run in which
 * all of them keep the limit passes.
 * @param share between 0 and 1: more windows than this keep the limit
 * @param minRequests a window with fewer requests (of a flow: iterations) does not count
 * @throws RangeError for a percentile that windows do not have, or a share that is none
 */
export function inEveryWindow(
  criterion: Criterion<NarrowedBy<'inEveryWindow'>>,
  { share, minRequests = criterion.minSamples }: { share: number; minRequests?: number },
): CriterionOf<'window-share'> {
  if (!(share > 0 && share < 1))
    throw new RangeError(`a share of windows is between 0 and 1, such as 0.95; it is ${share}`);
  return {
    id: `${criterion.id}-in-windows`,
    title: `windows with ${stated(criterion)}`,
    measure: { kind: 'window-share', promise: promiseOf(criterion, minRequests) },
    comparison: 'above',
    limit: share,
    unit: 'fraction',
    severity: criterion.severity,
    minSamples: fewestTrials(share),
  };
}

/** Not worth a NO-GO: where it fails, the verdict is at worst CONDITIONAL GO. */
export function minor<M extends Measure>(criterion: Criterion<M>): Criterion<M> {
  return { ...criterion, severity: 'minor' };
}

/** @throws RangeError where the word does not narrow such a criterion, or another has narrowed it before */
function refuseToNarrow(word: Word, { title, measure, endpoint, step, phases }: Criterion): void {
  const kinds: readonly Kind[] = NARROWS[word];
  if (!kinds.includes(measure.kind))
    throw new RangeError(`${word} cannot narrow "${title}": it takes ${kinds.join(', ')}`);
  // An endpoint during some phases is the one part of a part that a result has figures of.
  if (step ?? phases ?? (word === 'during' ? undefined : endpoint))
    throw new RangeError(
      `${word} cannot narrow "${title}" further: a result has no figures of such a part. Around at(…) and inEveryWindow(…), during(…) is the outer one.`,
    );
}

function promiseOf(criterion: Criterion<NarrowedBy<'inEveryWindow'>>, minRequests: number): WindowPromise {
  refuseToNarrow('inEveryWindow', criterion);
  const { measure, comparison, limit, title } = criterion;
  if (measure.kind === 'request-percentile' && !(measure.q in WINDOW_PERCENTILES))
    throw new RangeError(`windows have no ${title}: they have p50, p95 and p99`);
  return { measure, comparison, limit, minRequests };
}

/** As told to a person: `p95 response time below 400ms`. */
function stated({ title, comparison, limit, unit }: Criterion): string {
  return `${title} ${comparison.replace('-', ' ')} ${statedLimit(limit, unit)}`;
}

function statedLimit(limit: number, unit: Unit): string {
  if (unit === 'ms') return formatExactly(limit);
  if (unit === 'fraction') return `${Number((limit * 100).toPrecision(12))} %`;
  return unit === 'perSecond' ? `${limit}/s` : String(limit);
}

const below = (limit: number): Limit => ({ comparison: 'below', limit });
const above = (limit: number): Limit => ({ comparison: 'above', limit });
const shorterThan = (duration: string): Limit => below(parseDuration(duration));
const NONE: Limit = { comparison: 'at-most', limit: 0 };

/** Every promise is critical, unless `minor` stands around it. */
function critical<M extends Measure>(
  limit: Limit,
  unit: Unit,
  promise: Pick<Criterion<M>, 'id' | 'title' | 'measure' | 'minSamples'>,
): Criterion<M> {
  return { ...promise, ...limit, unit, severity: 'critical' };
}

export function percentileBelow(q: number, limit: string): CriterionOf<'request-percentile'> {
  return critical(shorterThan(limit), 'ms', {
    id: percentileName(q),
    title: `${percentileName(q)} response time`,
    measure: { kind: 'request-percentile', q },
    minSamples: samplesFor(q),
  });
}

export function meanBelow(limit: string): CriterionOf<'request-mean'> {
  return critical(shorterThan(limit), 'ms', {
    id: 'mean',
    title: 'mean response time',
    measure: { kind: 'request-mean' },
    minSamples: 30,
  });
}

/** Requests a second. Closed load falls off with the ends of a workload: narrow it to the phase that holds. */
export function throughputAbove(perSecond: number): CriterionOf<'throughput'> {
  return critical(above(perSecond), 'perSecond', {
    id: 'throughput',
    title: 'throughput',
    measure: { kind: 'throughput' },
    minSamples: 100,
  });
}

/** So many requests have been sent: with fewer, whatever else holds was shown under less load than was meant. */
export function requestsAbove(count: number): CriterionOf<'request-count'> {
  return critical(above(count), 'count', {
    id: 'requests',
    title: 'requests',
    measure: { kind: 'request-count' },
    minSamples: 1,
  });
}

export function errorRateBelow(limit: number): CriterionOf<'error-rate'> {
  return critical(below(limit), 'fraction', {
    id: 'error-rate',
    title: 'error rate',
    measure: { kind: 'error-rate' },
    minSamples: 100,
  });
}

/** Answers by which the target refused as it should, such as those of a rate limit: more of them, and users notice. */
export function refusalShareBelow(status: number, limit: number): CriterionOf<'refusal-share'> {
  return critical(below(limit), 'fraction', {
    id: `refused-${status}`,
    title: `share refused with ${status}`,
    measure: { kind: 'refusal-share', status },
    minSamples: 30,
  });
}

/** A limit that must hold back some: with fewer refusals it is not there. */
export function refusalShareAbove(status: number, limit: number): CriterionOf<'refusal-share'> {
  return critical(above(limit), 'fraction', {
    id: `refused-${status}-at-least`,
    title: `minimum share refused with ${status}`,
    measure: { kind: 'refusal-share', status },
    minSamples: 30,
  });
}

/** A limit that must hold back some, and not too many: two criteria, for either side. */
export function refusalShareBetween(
  status: number,
  low: number,
  high: number,
): [CriterionOf<'refusal-share'>, CriterionOf<'refusal-share'>] {
  return [refusalShareAbove(status, low), refusalShareBelow(status, high)];
}

/** Right answers that said of themselves to be degraded. */
export function degradedShareBelow(limit: number): CriterionOf<'degraded-share'> {
  return critical(below(limit), 'fraction', {
    id: 'degraded',
    title: 'share of degraded answers',
    measure: { kind: 'degraded-share' },
    minSamples: 30,
  });
}

export function noTimeouts(): CriterionOf<'error-count'> {
  return critical(NONE, 'count', {
    id: 'timeouts',
    title: 'timeouts',
    measure: { kind: 'error-count', errorKind: 'timeout' },
    minSamples: 1,
  });
}

export function noFailedCheck(): CriterionOf<'failed-checks'> {
  return critical(NONE, 'count', {
    id: 'failed-checks',
    title: 'failed checks',
    measure: { kind: 'failed-checks' },
    minSamples: 1,
  });
}

/** @param minSamples how many responses must have been held against their contract at the least */
export function contractsHold(minSamples: number): CriterionOf<'contract-violations'> {
  return critical(NONE, 'count', {
    id: 'contracts',
    title: 'responses that break their contract',
    measure: { kind: 'contract-violations' },
    minSamples,
  });
}

export function flowSuccessAbove(flow: string, limit: number): CriterionOf<'flow-success-rate'> {
  return critical(above(limit), 'fraction', {
    id: `${flow}-success`,
    title: `${flow} success rate`,
    measure: { kind: 'flow-success-rate', flow },
    minSamples: 30,
  });
}

export function flowMeanBelow(flow: string, limit: string): CriterionOf<'flow-mean'> {
  return critical(shorterThan(limit), 'ms', {
    id: `${flow}-mean`,
    title: `${flow} mean duration`,
    measure: { kind: 'flow-mean', flow },
    minSamples: 30,
  });
}

export function flowPercentileBelow(flow: string, q: number, limit: string): CriterionOf<'flow-percentile'> {
  return critical(shorterThan(limit), 'ms', {
    id: `${flow}-${percentileName(q)}`,
    title: `${flow} ${percentileName(q)} duration`,
    measure: { kind: 'flow-percentile', flow, q },
    minSamples: samplesFor(q),
  });
}

/**
 * How soon after the spike the probe traffic is, and stays, as fast as before it.
 * @param tolerance how far above the level of the reference phase counts as back: 0.2 is 20 %
 */
export function recoversWithin(
  limit: string,
  where: { scenario: string; referencePhase: string; recoveryPhase: string; tolerance: number },
): CriterionOf<'recovery-time'> {
  return critical(shorterThan(limit), 'ms', {
    id: 'recovery-time',
    title: 'recovery time',
    measure: { kind: 'recovery-time', ...where },
    minSamples: 10,
  });
}

/** One request beyond the p95: two windows in a row are no luck, and a ramp begins with little. */
const RAMP_MIN_REQUESTS = 20;

/**
 * How much load the target takes before it no longer keeps these limits: the requests a second that it answered in
 * the last window before they were broken for the rest of a ramp.
 * @param ramp phases one after the other, in which the load never falls
 * @param promises limits for each window, such as a percentile and an error rate
 * @throws RangeError where there is no limit, or one that windows do not tell
 */
export function breakingPointAbove(
  perSecond: number,
  ramp: readonly string[],
  promises: readonly Criterion<NarrowedBy<'inEveryWindow'>>[],
): CriterionOf<'breaking-point'> {
  if (promises.length === 0) throw new RangeError('a breaking point takes a limit that can break');
  return critical(above(perSecond), 'perSecond', {
    id: 'breaking-point',
    title: `breaking point during ${[...new Set([ramp[0], ramp.at(-1)])].join(' to ')} (${promises.map(stated).join(', ')})`,
    measure: {
      kind: 'breaking-point',
      ramp: [...ramp],
      promises: promises.map((promise) => promiseOf(promise, RAMP_MIN_REQUESTS)),
    },
    minSamples: 10,
  });
}

/** Growth of the target's memory over a phase, without the first third of it: caches warm up and stop. */
export function memoryGrowthBelow(limitMB: number, phase: string): CriterionOf<'memory-growth'> {
  return critical(below(limitMB * MB), 'bytes', {
    id: 'memory-growth',
    title: `memory growth during ${phase}`,
    measure: { kind: 'memory-growth', phase },
    minSamples: 36,
  });
}

/** How fast the target's memory grows once it is warm, in MB an hour: for long runs, what a day would bring. */
export function memorySlopeBelow(limitMBPerHour: number, phase: string): CriterionOf<'memory-slope'> {
  return critical(below(limitMBPerHour * MB), 'bytesPerHour', {
    id: 'memory-slope',
    title: `memory slope during ${phase}`,
    measure: { kind: 'memory-slope', phase },
    minSamples: 36,
  });
}

/** Database connections still in use once the load is gone, above those in use before it came. */
export function noConnectionLeak(): CriterionOf<'unreturned-connections'> {
  return critical(NONE, 'count', {
    id: 'connection-leak',
    title: 'database connections not returned',
    measure: { kind: 'unreturned-connections' },
    minSamples: 3,
  });
}

/** Crashes: nothing that serves the target was started again. */
export function noRestarts(): CriterionOf<'restarts'> {
  return critical(NONE, 'count', {
    id: 'restarts',
    title: 'restarts',
    measure: { kind: 'restarts' },
    minSamples: 2,
  });
}

/** How simultaneous bursts were: the time from the first VU that began to the last, in the widest of them. */
export function startSpreadBelow(limit: string): CriterionOf<'start-spread'> {
  return critical(shorterThan(limit), 'ms', {
    id: 'start-spread',
    title: 'spread of starts in a burst',
    measure: { kind: 'start-spread' },
    minSamples: 2,
  });
}

/** Whatever was acknowledged is there, whole and once. Takes a product that says how its records are counted. */
export function nothingLost(): CriterionOf<'damaged-records'> {
  return critical(NONE, 'count', {
    id: 'nothing-lost',
    title: 'records lost, half-written or doubled',
    measure: { kind: 'damaged-records' },
    minSamples: 1,
  });
}

/** How soon a circuit breaker opens in a phase in which its upstream fails. */
export function breakerOpensWithin(limit: string, phase: string): CriterionOf<'breaker-time'> {
  return breakerTimeBelow('opens', 'until a circuit breaker opens', limit, phase);
}

/** How soon it is closed again, for good, in a phase in which its upstream is back. */
export function breakerRecoversWithin(limit: string, phase: string): CriterionOf<'breaker-time'> {
  return breakerTimeBelow('recovers', 'until all circuit breakers are closed', limit, phase);
}

function breakerTimeBelow(
  event: BreakerEvent,
  title: string,
  limit: string,
  phase: string,
): CriterionOf<'breaker-time'> {
  return critical(shorterThan(limit), 'ms', {
    id: `breaker-${event}`,
    title: `time ${title} during ${phase}`,
    measure: { kind: 'breaker-time', event, phase },
    minSamples: 3,
  });
}

/** Change of the mean response time from the beginning to the end of a phase, as a share of its mean. */
export function driftBelow(limit: number, phase: string): CriterionOf<'duration-drift'> {
  return critical(below(limit), 'fraction', {
    id: 'drift',
    title: `response time drift during ${phase}`,
    measure: { kind: 'duration-drift', phase },
    minSamples: 20,
  });
}
