import { MAX_GENERATOR_CPU_SHARE, MAX_SATURATED_SAMPLES_SHARE } from '../../lib/core/judging/index.ts';
import { mean } from '../../lib/core/numbers/index.ts';

export interface Rung {
  vus: number;
  requestsPerS: number;
  /** CPU usage of k6 in each sample, as a share of one core. */
  generatorCpu: number[];
  /** CPU usage of other processes on the core of k6, as a share of the core. */
  otherProcessesCpu: number;
  /**
   * CPU usage of the target, as a share of its core. If the target is saturated, the capacity of k6 cannot be measured.
   */
  targetCpu: number;
  /**
   * 95th percentile of the response time that k6 measured. The target responds immediately, so k6 causes most of the
   * delay.
   */
  p95Ms: number;
}

/** Returns whether k6 was saturated in this load step. A test run with this CPU usage would be INVALID. */
export const isSaturated = ({ generatorCpu }: Pick<Rung, 'generatorCpu'>): boolean =>
  generatorCpu.filter((share) => share > MAX_GENERATOR_CPU_SHARE).length / generatorCpu.length >
  MAX_SATURATED_SAMPLES_SHARE;

export const meanGeneratorCpu = ({ generatorCpu }: Pick<Rung, 'generatorCpu'>): number => mean(generatorCpu);

/** Measurements are invalid if other processes use a larger share of the core of k6. */
const MAX_OTHER_PROCESSES_CPU = 0.2;

/** Returns the largest share of the core of k6 that other processes used in any load step; null if it is negligible. */
export function maxOtherProcessesCpu(rungs: readonly Rung[]): number | null {
  const maxCpu = Math.max(...rungs.map((rung) => rung.otherProcessesCpu));
  return maxCpu > MAX_OTHER_PROCESSES_CPU ? maxCpu : null;
}

/**
 * Returns the CPU time per request in the highest load step that did not saturate k6, because VUs are rarely idle
 * there.
 */
export function cpuMsPerRequest(rungs: readonly Rung[]): number {
  const rung = rungs.findLast((candidate) => !isSaturated(candidate)) ?? rungs[0];
  return rung ? (meanGeneratorCpu(rung) / rung.requestsPerS) * 1000 : Number.NaN;
}

/** Returns the number of requests per second at which k6 saturates one core. */
export const requestsPerCore = (rungs: readonly Rung[]): number =>
  (MAX_GENERATOR_CPU_SHARE * 1000) / cpuMsPerRequest(rungs);
