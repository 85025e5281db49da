import { totalmem } from 'node:os';

/** Live heap of k6: a fixed part and a part per VU, measured by `npm run bench:overhead`. */
const FIXED_MB = 60;
const PER_VU_MB = 0.2;
/** The heap size at which a garbage collection should start, if the live heap is small. */
const HEAP_MB = 300;
const MIN_GOGC = 75;
const MAX_GOGC = 400;

/**
 * Settings of k6's Go runtime. Fewer garbage collections save CPU, but need more memory the larger the live heap is.
 * Therefore GOGC is high for few VUs, and near Go's default for hundreds of VUs. GOMEMLIMIT makes Go collect more often
 * when memory is short. Values set by the user take precedence.
 * @param vus peak number of VUs
 * @param processes that share the VUs and the memory
 */
export function goSettings(env: NodeJS.ProcessEnv, vus: number, processes = 1): { GOGC: string; GOMEMLIMIT: string } {
  const liveMB = FIXED_MB + (PER_VU_MB * vus) / processes;
  const percent = (100 * (HEAP_MB / processes - liveMB)) / liveMB;
  return {
    GOGC: env.GOGC ?? String(Math.round(Math.min(MAX_GOGC, Math.max(MIN_GOGC, percent)))),
    GOMEMLIMIT: env.GOMEMLIMIT ?? `${Math.floor(totalmem() / 2 / processes)}B`,
  };
}
