import { totalmem } from 'node:os';

/** What k6 keeps whatever the test, and for every VU: measured with tests of the reference service (npm run bench:overhead). */
const FIXED_MB = 60;
const PER_VU_MB = 0.2;
/** What the heap may grow to before it is collected. */
const HEAP_MB = 300;
const LEAST = 75;
const MOST = 400;

/**
 * What the Go runtime of k6 is told. Collecting less often costs memory and saves CPU, as much memory as there is
 * live already: so a test with few VUs collects seldom, and one with hundreds about as often as by default. The
 * limit makes it collect more when memory runs short. What the user sets comes first.
 * @param vus most VUs at once
 * @param processes among which they and the memory are divided
 */
export function goSettings(
  env: NodeJS.ProcessEnv,
  vus: number,
  processes = 1,
): { GOGC: string; GOMEMLIMIT: string } {
  const liveMB = FIXED_MB + (PER_VU_MB * vus) / processes;
  const percent = (100 * (HEAP_MB / processes - liveMB)) / liveMB;
  return {
    GOGC: env.GOGC ?? String(Math.round(Math.min(MOST, Math.max(LEAST, percent)))),
    GOMEMLIMIT: env.GOMEMLIMIT ?? `${Math.floor(totalmem() / 2 / processes)}B`,
  };
}
