import { totalmem } from 'node:os';

/**
 * What the Go runtime of k6 is told. It collects garbage less often than by default, which costs memory and saves
 * CPU; a limit makes it collect more when memory runs short. What the user sets comes first.
 */
export const goSettings = (env: NodeJS.ProcessEnv): { GOGC: string; GOMEMLIMIT: string } => ({
  GOGC: env.GOGC ?? '400',
  GOMEMLIMIT: env.GOMEMLIMIT ?? `${Math.floor(totalmem() / 2)}B`,
});
