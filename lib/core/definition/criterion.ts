import type { ErrorKind } from '../metrics/index.ts';
import type { FigureUnit } from '../numbers/index.ts';

export type Severity = 'critical' | 'minor';
/** What a circuit breaker must do in a phase: open while its upstream fails, or close and stay closed afterwards. */
export type BreakerEvent = 'opens' | 'recovers';

/** What a criterion measures. lib/core/judging/measures.ts has one row for each kind. */
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
  | { kind: 'window-share'; promise: WindowLimit }
  | { kind: 'breaking-point'; ramp: string[]; promises: WindowLimit[] }
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

export type MeasureKind = Measure['kind'];
export type MeasureOf<K extends MeasureKind> = Extract<Measure, { kind: K }>;

/**
 * The kinds of measure that each narrowing function accepts, because results record only these kinds for that part of a
 * run.
 */
export const NARROWABLE_KINDS = {
  forEndpoint: [
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
  forStep: ['flow-percentile', 'flow-mean', 'flow-success-rate'],
  inEveryWindow: ['request-percentile', 'request-mean', 'error-rate', 'throughput', 'flow-mean', 'flow-success-rate'],
} as const satisfies Record<string, readonly MeasureKind[]>;

export type Narrowing = keyof typeof NARROWABLE_KINDS;
export type NarrowedBy<W extends Narrowing> = MeasureOf<(typeof NARROWABLE_KINDS)[W][number]>;

/** The percentiles that results record for each window, and the names of their columns. */
export const WINDOW_PERCENTILES: Record<number, 'p50Ms' | 'p95Ms' | 'p99Ms'> = {
  0.5: 'p50Ms',
  0.95: 'p95Ms',
  0.99: 'p99Ms',
};

/** A limit, and whether values above or below it pass. */
export interface Limit {
  comparison: 'below' | 'above' | 'at-most';
  limit: number;
}

/** A limit that is judged in each window. */
export interface WindowLimit extends Limit {
  measure: NarrowedBy<'inEveryWindow'>;
  /** Windows with fewer requests are ignored. */
  minRequests: number;
}

/** The part of a run that a criterion judges. With no fields set, it judges the whole run. */
export interface CriterionScope {
  endpoint?: string;
  /** A step of the measured flow. */
  step?: string;
  /** Phases of the workload. */
  phases?: string[];
}

/** A measure with its limit, and the part of the run that is judged. */
export interface Criterion<M extends Measure = Measure> extends CriterionScope, Limit {
  id: string;
  title: string;
  measure: M;
  unit: FigureUnit;
  severity: Severity;
  /** Minimum number of samples. With fewer samples, the status is `no data`. */
  minSamples: number;
}

export type CriterionOf<K extends MeasureKind> = Criterion<MeasureOf<K>>;

/** Returns whether a value is on the passing side of a limit. */
export function meetsLimit({ comparison, limit }: Limit, value: number): boolean {
  switch (comparison) {
    case 'below':
      return value < limit;
    case 'above':
      return value > limit;
    case 'at-most':
      return value <= limit;
  }
}
