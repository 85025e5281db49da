import { totalmem } from 'node:os';

/** The live heap of a k6 process: a fixed part, plus PER_VU_MB for each VU. Measured with `npm run bench:overhead`. */
const FIXED_MB = 60;
const PER_VU_MB = 0.2;
/** The heap size at which Go should start a garbage collection if the live heap is small. */
const HEAP_MB = 300;
const MIN_GOGC = 75;
const MAX_GOGC = 400;

/**
 * Returns settings of Go's garbage collector for k6. Fewer garbage collections save CPU, but need more memory,
 * especially if the live heap is large. GOGC is therefore high for few VUs, and near Go's default for hundreds of VUs.
 * GOMEMLIMIT makes Go collect more often when memory is short. Variables that the user has set take precedence.
 * @param vus the peak number of VUs
 * @param processes the number of k6 processes that share the VUs and the memory
 */
export function goSettings(env: NodeJS.ProcessEnv, vus: number, processes = 1): { GOGC: string; GOMEMLIMIT: string } {
  const liveMB = FIXED_MB + (PER_VU_MB * vus) / processes;
  const percent = (100 * (HEAP_MB / processes - liveMB)) / liveMB;
  return {
    GOGC: env.GOGC ?? String(Math.round(Math.min(MAX_GOGC, Math.max(MIN_GOGC, percent)))),
    GOMEMLIMIT: env.GOMEMLIMIT ?? `${Math.floor(totalmem() / 2 / processes)}B`,
  };
}
