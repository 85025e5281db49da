import { MAX_GENERATOR_CPU_SHARE, MAX_SATURATED_SAMPLES_SHARE } from '../../lib/core/judging/index.ts';
import { mean } from '../../lib/core/numbers/index.ts';

export interface Rung {
  vus: number;
  requestsPerS: number;
  /** Of its core, sample by sample. */
  generatorCpu: number[];
  /** Of the generator's core, what neither k6 nor its network took. */
  otherProcessesCpu: number;
  /** Of its core: a target that is full itself says nothing of the generator. */
  targetCpu: number;
  /** As k6 measures it, against a target that responds immediately. */
  p95Ms: number;
}

/** By the criterion with which the suite calls a run INVALID. */
export const isSaturated = ({ generatorCpu }: Pick<Rung, 'generatorCpu'>): boolean =>
  generatorCpu.filter((share) => share > MAX_GENERATOR_CPU_SHARE).length / generatorCpu.length >
  MAX_SATURATED_SAMPLES_SHARE;

export const meanGeneratorCpu = ({ generatorCpu }: Pick<Rung, 'generatorCpu'>): number => mean(generatorCpu);

/** If other processes use a larger share of the generator's core, its measurements are not valid. */
const MAX_OTHER_PROCESSES_CPU = 0.2;

/** The largest share of the core that other processes used; null if it is negligible. */
export function maxOtherProcessesCpu(rungs: readonly Rung[]): number | null {
  const most = Math.max(...rungs.map((rung) => rung.otherProcessesCpu));
  return most > MAX_OTHER_PROCESSES_CPU ? most : null;
}

/** CPU time per request on the highest valid rung, where VUs are rarely idle. */
export function cpuMsPerRequest(rungs: readonly Rung[]): number {
  const rung = rungs.findLast((one) => !isSaturated(one)) ?? rungs[0];
  return rung ? (meanGeneratorCpu(rung) / rung.requestsPerS) * 1000 : Number.NaN;
}

/** Requests per second at which a core reaches the limit for a saturated generator. */
export const requestsPerCore = (rungs: readonly Rung[]): number =>
  (MAX_GENERATOR_CPU_SHARE * 1000) / cpuMsPerRequest(rungs);
