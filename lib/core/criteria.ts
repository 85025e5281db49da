import type { BreakerEvent } from './breaker.ts';
import type { NarrowedBy } from './criteria/narrow.ts';
import type { ErrorKind } from './errors.ts';

export { flowMeanBelow, flowPercentileBelow, flowSuccessAbove } from './criteria/flows.ts';
export {
  at,
  during,
  inEveryWindow,
  minor,
  NARROWS,
  type NarrowedBy,
  ofStep,
  WINDOW_PERCENTILES,
  type Word,
} from './criteria/narrow.ts';
export { nothingLost } from './criteria/records.ts';
export {
  contractsHold,
  degradedShareBelow,
  errorRateBelow,
  meanBelow,
  noFailedCheck,
  noTimeouts,
  percentileBelow,
  refusalShareAbove,
  refusalShareBelow,
  refusalShareBetween,
  requestsAbove,
  startSpreadBelow,
  throughputAbove,
} from './criteria/requests.ts';
export {
  breakerOpensWithin,
  breakerRecoversWithin,
  memoryGrowthBelow,
  memorySlopeBelow,
  noConnectionLeak,
  noRestarts,
} from './criteria/resources.ts';
export { breakingPointAbove, driftBelow, recoversWithin } from './criteria/windows.ts';

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

export type CriterionOf<K extends Kind> = Criterion<MeasureOf<K>>;

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
