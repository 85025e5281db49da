/** For tests: a ladder that was climbed on two cores. */

import { FULL_SCALE, ladder } from '../definition/index.ts';
import { PM2_COLUMNS, type PostgresqlDetails, type Result, TARGET_COLUMNS } from '../evidence/index.ts';
import { evenWindows, instants, phaseFigures, repeat, resultOf, samplesOf } from './evidence.ts';

export const USERS = [50, 100, 200];
const { phases, scenarios: _, ...workload } = ladder(USERS, { ramp: '10s', hold: '60s' })(FULL_SCALE);
const WINDOW_MS = 5000;

export const PHASES = phases;
export const TOTAL_MS = workload.durationMs;
/** When the target is looked at. */
export const LOOKS = instants(0, TOTAL_MS + 1, WINDOW_MS);

type Parts = NonNullable<Parameters<typeof resultOf>[0]>;

/** A target that uses as many cores as this, from so many processes. */
export function climbed({
  cores = 0.5,
  processes = 1,
  ...parts
}: { cores?: number; processes?: number } & Parts = {}): Result {
  return resultOf({
    phases: phases.map((phase) => phaseFigures(phase, { values: repeat(600, 90) })),
    windows: evenWindows(TOTAL_MS / WINDOW_MS, WINDOW_MS, {
      requests: repeat(TOTAL_MS / WINDOW_MS, 300),
      errors: repeat(TOTAL_MS / WINDOW_MS, 50),
    }),
    resources: {
      target: samplesOf(LOOKS, {
        [TARGET_COLUMNS.cpuSeconds]: (ms) => (cores * ms) / 1000,
        [TARGET_COLUMNS.connectionsMax]: () => 100 * processes,
      }),
      pm2: samplesOf(LOOKS, { [PM2_COLUMNS.online]: () => processes }),
    },
    ...parts,
    run: { workload: { ...workload, phases }, ...parts.run },
  });
}

/** A database that was watched and has nothing to tell but how many connections it takes. */
export const databaseOf = (maxConnections: number): PostgresqlDetails => ({
  version: '18',
  maxConnections,
  cacheHitRate: null,
  commits: 0,
  rollbacks: 0,
  deadlocks: 0,
  queries: null,
  indexes: [],
});
