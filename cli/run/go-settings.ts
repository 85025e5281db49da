import { totalmem } from 'node:os';

/** Live memory of k6, fixed and per VU, as measured with tests of the reference service (npm run bench:overhead). */
const FIXED_MB = 60;
const PER_VU_MB = 0.2;
/** The heap size at which garbage collection should start. */
const HEAP_MB = 300;
const MIN_GOGC = 75;
const MAX_GOGC = 400;

/**
 * Settings of k6's Go runtime. Fewer garbage collections save CPU but need memory in proportion to the live heap, so a
 * test with few VUs collects rarely, and one with hundreds about as often as by default. GOMEMLIMIT makes Go collect more
 * often when memory runs short. Values that the user sets are kept.
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
