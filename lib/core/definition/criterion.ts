import type { ErrorKind } from '../metrics/index.ts';
import type { FigureUnit } from '../numbers/index.ts';

export type Severity = 'critical' | 'minor';
/** What a breaker is to do within a phase: open when its upstream fails, recover (close for good) when that is back. */
export type BreakerEvent = 'opens' | 'recovers';

export type Unit = FigureUnit;

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

/** The kinds that each word narrows: those whose figures a result has for such a part. */
export const NARROWABLE_KINDS = {
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
} as const satisfies Record<string, readonly MeasureKind[]>;

export type Narrowing = keyof typeof NARROWABLE_KINDS;
export type NarrowedBy<W extends Narrowing> = MeasureOf<(typeof NARROWABLE_KINDS)[W][number]>;

/** The percentiles that windows have a column of. */
export const WINDOW_PERCENTILES: Record<number, 'p50Ms' | 'p95Ms' | 'p99Ms'> = {
  0.5: 'p50Ms',
  0.95: 'p95Ms',
  0.99: 'p99Ms',
};

/** A limit, and which side of it is kept. */
export interface Limit {
  comparison: 'below' | 'above' | 'at-most';
  limit: number;
}

/** A limit that is looked at window by window. */
export interface WindowLimit extends Limit {
  measure: NarrowedBy<'inEveryWindow'>;
  /** A window with fewer requests than this does not count. */
  minRequests: number;
}

/** The part of a run that a criterion is about; without any of these, all of it. */
export interface CriterionScope {
  endpoint?: string;
  /** Of the flow that is measured. */
  step?: string;
  /** Of the workload. */
  phases?: string[];
}

/** What is measured, in which part of the run, and the limit for it. */
export interface Criterion<M extends Measure = Measure> extends CriterionScope, Limit {
  id: string;
  title: string;
  measure: M;
  unit: Unit;
  severity: Severity;
  /** With fewer samples than this, there is no data to judge. */
  minSamples: number;
}

export type CriterionOf<K extends MeasureKind> = Criterion<MeasureOf<K>>;

/** Whether a value keeps a limit. */
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
