import { MAX_GENERATOR_CPU_SHARE, MAX_SATURATED_SAMPLES_SHARE } from '../../lib/core/judging/index.ts';
import { mean } from '../../lib/core/numbers/index.ts';

export interface Rung {
  vus: number;
  requestsPerS: number;
  /** CPU use of the generator in each sample, as a share of its core. */
  generatorCpu: number[];
  /** Share of the generator's core that other processes used. */
  otherProcessesCpu: number;
  /** Share of its core that the target used. If the target is saturated, the capacity of the generator is unknown. */
  targetCpu: number;
  /** Response time in k6, with a target that responds immediately. */
  p95Ms: number;
}

/** Whether the suite would judge the generator of this rung as saturated, and a run as INVALID. */
export const isSaturated = ({ generatorCpu }: Pick<Rung, 'generatorCpu'>): boolean =>
  generatorCpu.filter((share) => share > MAX_GENERATOR_CPU_SHARE).length / generatorCpu.length >
  MAX_SATURATED_SAMPLES_SHARE;

export const meanGeneratorCpu = ({ generatorCpu }: Pick<Rung, 'generatorCpu'>): number => mean(generatorCpu);

/** If other processes use a larger share of the generator's core, its measurements are not valid. */
const MAX_OTHER_PROCESSES_CPU = 0.2;

/** The largest share of the generator's core that other processes used; null if it is negligible. */
export function maxOtherProcessesCpu(rungs: readonly Rung[]): number | null {
  const maxCpu = Math.max(...rungs.map((rung) => rung.otherProcessesCpu));
  return maxCpu > MAX_OTHER_PROCESSES_CPU ? maxCpu : null;
}

/** CPU time per request on the highest valid rung, where VUs are rarely idle. */
export function cpuMsPerRequest(rungs: readonly Rung[]): number {
  const rung = rungs.findLast((candidate) => !isSaturated(candidate)) ?? rungs[0];
  return rung ? (meanGeneratorCpu(rung) / rung.requestsPerS) * 1000 : Number.NaN;
}

/** Requests per second at which a core reaches the limit for a saturated generator. */
export const requestsPerCore = (rungs: readonly Rung[]): number =>
  (MAX_GENERATOR_CPU_SHARE * 1000) / cpuMsPerRequest(rungs);
