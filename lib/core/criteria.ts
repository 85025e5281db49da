import { parseDuration } from './duration.ts';
import type { ErrorKind } from './errors.ts';

export type Severity = 'critical' | 'minor';
export type Unit = 'ms' | 'fraction' | 'count' | 'bytes';

/** What is measured; each kind has one function in measures.ts. */
export type Measure =
  | { kind: 'request-percentile'; q: number }
  | { kind: 'error-rate' }
  | { kind: 'error-count'; errorKind: ErrorKind }
  | { kind: 'failed-checks' }
  | { kind: 'contract-violations' }
  | { kind: 'flow-success-rate'; flow: string }
  | { kind: 'flow-mean'; flow: string }
  | { kind: 'flow-percentile'; flow: string; q: number }
  | {
      kind: 'recovery-time';
      scenario: string;
      referencePhase: string;
      recoveryPhase: string;
      tolerance: number;
    }
  | { kind: 'memory-growth'; phase: string }
  | { kind: 'unreturned-connections' }
  | { kind: 'duration-drift'; phase: string };

/** A promise: what is measured, where, and the limit it has to keep. */
export interface Criterion {
  id: string;
  title: string;
  measure: Measure;
  /** Phases it is judged in; absent means the whole run. */
  phases?: string[];
  comparison: 'below' | 'above' | 'at-most';
  limit: number;
  unit: Unit;
  severity: Severity;
  /** With fewer samples than this, there is no data to judge. */
  minSamples: number;
}

/** Ten samples beyond the percentile: below that, its value is one or two requests' luck. */
const samplesFor = (q: number) => Math.ceil(10 / (1 - q) - 1e-9);

const percentileName = (q: number) => `p${Number((q * 100).toFixed(3))}`;

const MB = 1024 * 1024;

/** Narrows a criterion to some phases of the workload. Its id says so: the same promise may hold elsewhere too. */
export function during(phases: string[], criterion: Criterion): Criterion {
  return {
    ...criterion,
    id: `${criterion.id}@${phases.join('+')}`,
    title: `${criterion.title} during ${phases.join(', ')}`,
    phases,
  };
}

export function percentileBelow(q: number, limit: string): Criterion {
  return {
    id: percentileName(q),
    title: `${percentileName(q)} response time`,
    measure: { kind: 'request-percentile', q },
    comparison: 'below',
    limit: parseDuration(limit),
    unit: 'ms',
    severity: 'critical',
    minSamples: samplesFor(q),
  };
}

export function errorRateBelow(limit: number): Criterion {
  return {
    id: 'error-rate',
    title: 'error rate',
    measure: { kind: 'error-rate' },
    comparison: 'below',
    limit,
    unit: 'fraction',
    severity: 'critical',
    minSamples: 100,
  };
}

export function noTimeouts(): Criterion {
  return {
    id: 'timeouts',
    title: 'timeouts',
    measure: { kind: 'error-count', errorKind: 'timeout' },
    comparison: 'at-most',
    limit: 0,
    unit: 'count',
    severity: 'critical',
    minSamples: 1,
  };
}

export function noFailedCheck(): Criterion {
  return {
    id: 'failed-checks',
    title: 'failed checks',
    measure: { kind: 'failed-checks' },
    comparison: 'at-most',
    limit: 0,
    unit: 'count',
    severity: 'critical',
    minSamples: 1,
  };
}

/** @param minSamples how many responses must have been held against their contract at the least */
export function contractsHold(minSamples: number): Criterion {
  return {
    id: 'contracts',
    title: 'responses that break their contract',
    measure: { kind: 'contract-violations' },
    comparison: 'at-most',
    limit: 0,
    unit: 'count',
    severity: 'critical',
    minSamples,
  };
}

export function flowSuccessAbove(flow: string, limit: number): Criterion {
  return {
    id: `${flow}-success`,
    title: `${flow} success rate`,
    measure: { kind: 'flow-success-rate', flow },
    comparison: 'above',
    limit,
    unit: 'fraction',
    severity: 'critical',
    minSamples: 30,
  };
}

export function flowMeanBelow(flow: string, limit: string): Criterion {
  return {
    id: `${flow}-mean`,
    title: `${flow} mean duration`,
    measure: { kind: 'flow-mean', flow },
    comparison: 'below',
    limit: parseDuration(limit),
    unit: 'ms',
    severity: 'critical',
    minSamples: 30,
  };
}

export function flowPercentileBelow(flow: string, q: number, limit: string): Criterion {
  return {
    id: `${flow}-${percentileName(q)}`,
    title: `${flow} ${percentileName(q)} duration`,
    measure: { kind: 'flow-percentile', flow, q },
    comparison: 'below',
    limit: parseDuration(limit),
    unit: 'ms',
    severity: 'critical',
    minSamples: samplesFor(q),
  };
}

/**
 * How soon after the spike the probe traffic is, and stays, as fast as before it.
 * @param tolerance how far above the level of the reference phase counts as back: 0.2 is 20 %
 */
export function recoversWithin(
  limit: string,
  where: { scenario: string; referencePhase: string; recoveryPhase: string; tolerance: number },
): Criterion {
  return {
    id: 'recovery-time',
    title: 'recovery time',
    measure: { kind: 'recovery-time', ...where },
    comparison: 'below',
    limit: parseDuration(limit),
    unit: 'ms',
    severity: 'critical',
    minSamples: 10,
  };
}

/** Growth of the target's memory over a phase, without the first third of it: caches warm up and stop. */
export function memoryGrowthBelow(limitMB: number, phase: string): Criterion {
  return {
    id: 'memory-growth',
    title: `memory growth during ${phase}`,
    measure: { kind: 'memory-growth', phase },
    comparison: 'below',
    limit: limitMB * MB,
    unit: 'bytes',
    severity: 'critical',
    minSamples: 30,
  };
}

/** Database connections still in use once the load is gone, above those in use before it came. */
export function noConnectionLeak(): Criterion {
  return {
    id: 'connection-leak',
    title: 'database connections not returned',
    measure: { kind: 'unreturned-connections' },
    comparison: 'at-most',
    limit: 0,
    unit: 'count',
    severity: 'critical',
    minSamples: 3,
  };
}

/** Change of the mean response time from the beginning to the end of a phase, as a share of its mean. */
export function driftBelow(limit: number, phase: string): Criterion {
  return {
    id: 'drift',
    title: `response time drift during ${phase}`,
    measure: { kind: 'duration-drift', phase },
    comparison: 'below',
    limit,
    unit: 'fraction',
    severity: 'critical',
    minSamples: 20,
  };
}
