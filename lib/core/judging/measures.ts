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
import { breakerEventTime, memoryGrowth, memorySlope, restarts, unreturnedConnections } from './measures/resources.ts';
import { breakingPoint, durationDrift, recoveryTime, windowShare } from './measures/windows.ts';

export type { Measurement } from './measures/measurement.ts';

/** How a kind of criterion is measured: the code, and texts for the documentation. */
interface MeasurementMethod<K extends MeasureKind> {
  measure: MeasureFunction<K>;
  value: string;
  /** What the samples of this kind are. Default: requests */
  samples?: string;
  interval: string;
}

const NONE = 'none: a count is exact';
const WILSON = "Wilson's score interval";
const ORDER = 'order statistics of the histogram, scaled to the exact value';
const STUDENT_WINDOWS = "Student's t over windows";
const STUDENT_SAMPLES = "Student's t over the samples";
const STUDENT_SLOPE = "Student's t for a least-squares slope";
const ONE_WINDOW = 'plus or minus one window';

export const MEASUREMENT_METHODS: { [K in MeasureKind]: MeasurementMethod<K> } = {
  'request-percentile': {
    measure: requestPercentile,
    value: "k6's own value over all requests; for several phases, from their merged histograms",
    interval: ORDER,
  },
  'request-mean': {
    measure: requestMean,
    value: 'mean duration of the requests',
    interval: `${STUDENT_WINDOWS}; for an endpoint, ${STUDENT_SAMPLES}`,
  },
  'error-rate': {
    measure: errorRate,
    value: 'unexpected or missing responses, as a share of the requests',
    interval: WILSON,
  },
  'request-count': { measure: requestCount, value: 'requests', interval: NONE },
  throughput: {
    measure: throughput,
    value: 'requests per second over the run or the phases',
    interval: `${STUDENT_WINDOWS}; for an endpoint, the score interval of a Poisson count`,
  },
  'error-count': {
    measure: errorCount,
    value: 'errors of one kind, such as timeouts',
    interval: NONE,
  },
  'refusal-share': {
    measure: refusalShare,
    value: 'requests that the target refused by design with the given status, as a share of the requests',
    interval: WILSON,
  },
  'degraded-share': {
    measure: degradedShare,
    value: 'successful responses marked as degraded, as a share of the requests',
    interval: WILSON,
  },
  'failed-checks': {
    measure: failedChecks,
    value: 'unexpected or missing responses',
    interval: NONE,
  },
  'contract-violations': {
    measure: contractViolations,
    value: 'responses that violate their JSON Schema, among those checked',
    samples: 'checked responses',
    interval: NONE,
  },
  'flow-success-rate': {
    measure: flowSuccessRate,
    value: 'share of iterations in which every step succeeded; for a step, share of successful attempts',
    samples: 'iterations; for a step, its attempts',
    interval: WILSON,
  },
  'flow-mean': {
    measure: flowMean,
    value: 'mean duration, including failed iterations',
    samples: 'iterations; for a step, its attempts',
    interval: `${STUDENT_WINDOWS}; for a step, ${STUDENT_SAMPLES}`,
  },
  'flow-percentile': {
    measure: flowPercentile,
    value: 'percentile of the durations, including failed iterations',
    samples: 'iterations; for a step, its attempts',
    interval: ORDER,
  },
  'window-share': {
    measure: windowShare,
    value: 'windows within the limit, as a share of the windows with enough requests',
    samples: 'windows with enough requests',
    interval: `${WILSON}, over the effective number of independent windows`,
  },
  'breaking-point': {
    measure: breakingPoint,
    value:
      'requests per second in the last window before the limits stay exceeded until the end of the ramp; if that never happens, the highest rate within the limits',
    samples: 'windows of the ramp, starting with the first that has enough requests',
    interval: `${ONE_WINDOW}; no upper bound if the breaking point was not reached`,
  },
  'recovery-time': {
    measure: recoveryTime,
    value:
      'time until the end of the last window in which the median of the probe traffic exceeded the tolerance or a probe request failed',
    samples: 'requests of the probe scenario',
    interval: ONE_WINDOW,
  },
  'duration-drift': {
    measure: durationDrift,
    value: 'slope of the mean response time over a phase, times the length of the phase, as a share of the mean',
    samples: 'windows',
    interval: STUDENT_SLOPE,
  },
  'memory-growth': {
    measure: memoryGrowth,
    value:
      'slope of the lower envelope of heap and external memory over a phase without its first third, times the length of that period',
    samples: 'samples after warm-up',
    interval: STUDENT_SLOPE,
  },
  'memory-slope': {
    measure: memorySlope,
    value: 'the same slope, per hour',
    samples: 'samples after warm-up',
    interval: STUDENT_SLOPE,
  },
  'unreturned-connections': {
    measure: unreturnedConnections,
    value: 'database connections in use after the load, minus those in use before it',
    samples: 'samples',
    interval: NONE,
  },
  'start-spread': {
    measure: startSpread,
    value: 'time between the first and the last VU to start in a burst, for the widest burst',
    samples: 'VUs that started',
    interval: NONE,
  },
  'damaged-records': {
    measure: damagedRecords,
    value: 'acknowledged records that are missing, plus records that are incomplete or duplicated',
    samples: 'acknowledged records',
    interval: NONE,
  },
  'breaker-time': {
    measure: breakerEventTime,
    value:
      'time from the start of a phase to the first sample with an open breaker, or to the sample from which all breakers stay closed',
    samples: 'breaker samples in the phase',
    interval: 'down to the previous sample',
  },
  restarts: {
    measure: restarts,
    value: "increase of the target's restart counter or of PM2's, whichever is higher",
    samples: 'samples of the counter',
    interval: NONE,
  },
};

export function measureCriterion(evidence: Evidence, criterion: Criterion): Measurement {
  // The cast is safe because the table maps every kind to a function for that kind, which TypeScript cannot infer.
  const { measure } = MEASUREMENT_METHODS[criterion.measure.kind] as MeasurementMethod<MeasureKind>;
  return measure(evidence, criterion.measure, criterion);
}
