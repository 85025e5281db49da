import type { Criterion, MeasureKind } from '../definition/index.ts';
import type { Evidence } from '../evidence/index.ts';
import { flowMean, flowPercentile, flowSuccessRate } from './measures/flows.ts';
import type { MeasureFunction, Measurement } from './measures/measurement.ts';
import { damagedRecords } from './measures/records.ts';
import {
  contractViolations,
  degradedShare,
  errorCount,
  errorRate,
  failedChecks,
  refusalShare,
  requestCount,
  requestMean,
  requestPercentile,
  startSpread,
  throughput,
} from './measures/requests.ts';
import {
  breakerEventTime,
  memoryGrowth,
  memorySlope,
  restarts,
  unreturnedConnections,
} from './measures/resources.ts';
import { breakingPoint, durationDrift, recoveryTime, windowShare } from './measures/windows.ts';

export type { Measurement } from './measures/measurement.ts';

/** How a kind is measured: in code, and as told to a person. */
interface MeasurementMethod<K extends MeasureKind> {
  measure: MeasureFunction<K>;
  value: string;
  /** Of what the samples are that it counts: requests, where nothing else is given. */
  samples?: string;
  interval: string;
}

const NONE = 'none: a count is what it is';
const WILSON = "Wilson's score interval";
const ORDER = 'order statistics over the histogram, moved onto the exact value';
const STUDENT_WINDOWS = "Student's t over windows";
const STUDENT_SAMPLES = "Student's t over its samples";
const STUDENT_SLOPE = "Student's t for a least-squares slope";
const ONE_WINDOW = 'one window to either side';

export const MEASUREMENT_METHODS: { [K in MeasureKind]: MeasurementMethod<K> } = {
  'request-percentile': {
    measure: requestPercentile,
    value: "k6's own, over every request; of several phases, from their histograms merged",
    interval: ORDER,
  },
  'request-mean': {
    measure: requestMean,
    value: 'mean duration of the requests',
    interval: `${STUDENT_WINDOWS}; of an endpoint, ${STUDENT_SAMPLES}`,
  },
  'error-rate': {
    measure: errorRate,
    value: 'unexpected answers or none, as a share of the requests',
    interval: WILSON,
  },
  'request-count': { measure: requestCount, value: 'requests', interval: NONE },
  throughput: {
    measure: throughput,
    value: 'requests a second over the run or the phases',
    interval: `${STUDENT_WINDOWS}; of an endpoint, the score interval of a Poisson count`,
  },
  'error-count': {
    measure: errorCount,
    value: 'errors of one kind, such as timeouts',
    interval: NONE,
  },
  'refusal-share': {
    measure: refusalShare,
    value: 'answers by which the target refused by design, with one status, as a share of the requests',
    interval: WILSON,
  },
  'degraded-share': {
    measure: degradedShare,
    value: 'right answers that said of themselves to be degraded, as a share of the requests',
    interval: WILSON,
  },
  'failed-checks': {
    measure: failedChecks,
    value: 'unexpected answers or none',
    interval: NONE,
  },
  'contract-violations': {
    measure: contractViolations,
    value: 'responses that broke their JSON Schema, of those held against it',
    samples: 'responses held against it',
    interval: NONE,
  },
  'flow-success-rate': {
    measure: flowSuccessRate,
    value: 'iterations in which every step was right, or attempts of a step that were',
    samples: 'iterations, or attempts of the step',
    interval: WILSON,
  },
  'flow-mean': {
    measure: flowMean,
    value: 'mean duration, of failed ones too',
    samples: 'iterations, or attempts of the step',
    interval: `${STUDENT_WINDOWS}; of a step, ${STUDENT_SAMPLES}`,
  },
  'flow-percentile': {
    measure: flowPercentile,
    value: 'percentile of the durations, of failed ones too',
    samples: 'iterations, or attempts of the step',
    interval: ORDER,
  },
  'window-share': {
    measure: windowShare,
    value: 'windows that keep a limit, as a share of those with enough requests',
    samples: 'windows that count',
    interval: `${WILSON}, over as many windows as are independent`,
  },
  'breaking-point': {
    measure: breakingPoint,
    value:
      'requests a second in the last window of a ramp before its limits were broken up to its end; where they never were, the most that was answered',
    samples: 'windows of the ramp, from the first with enough requests on',
    interval: `${ONE_WINDOW}; open above where it was not reached`,
  },
  'recovery-time': {
    measure: recoveryTime,
    value:
      'until the last window in which the median of the probe traffic was beyond the tolerance, or any of it failed',
    samples: 'requests of the probe',
    interval: ONE_WINDOW,
  },
  'duration-drift': {
    measure: durationDrift,
    value: 'slope of the mean response time over a phase, times its length, as a share of its mean',
    samples: 'windows',
    interval: STUDENT_SLOPE,
  },
  'memory-growth': {
    measure: memoryGrowth,
    value:
      'slope of the lower envelope of heap and external memory over a phase without its first third, times its length',
    samples: 'samples after warm-up',
    interval: STUDENT_SLOPE,
  },
  'memory-slope': {
    measure: memorySlope,
    value: 'the same slope, by the hour',
    samples: 'samples after warm-up',
    interval: STUDENT_SLOPE,
  },
  'unreturned-connections': {
    measure: unreturnedConnections,
    value: 'database connections in use after the load, above those before it',
    samples: 'samples',
    interval: NONE,
  },
  'start-spread': {
    measure: startSpread,
    value: 'time from the first VU of a burst that began to the last, in the widest burst',
    samples: 'VUs that began',
    interval: NONE,
  },
  'damaged-records': {
    measure: damagedRecords,
    value: 'records acknowledged and not found, and records found that are half-written or there twice',
    samples: 'records acknowledged',
    interval: NONE,
  },
  'breaker-time': {
    measure: breakerEventTime,
    value:
      'from the beginning of a phase to the first sample in which a breaker is open, or to that from which on all are closed',
    samples: 'samples of the breakers in the phase',
    interval: 'one sample below',
  },
  restarts: {
    measure: restarts,
    value: "rise of the target's restart counter, or of PM2's, whichever is more",
    samples: 'samples of the counter',
    interval: NONE,
  },
};

export function measureCriterion(evidence: Evidence, criterion: Criterion): Measurement {
  // The table pairs every kind with its own function; that the two agree is beyond what an index can express.
  const { measure: take } = MEASUREMENT_METHODS[criterion.measure.kind] as MeasurementMethod<MeasureKind>;
  return take(evidence, criterion.measure, criterion);
}
