/** Builders for tests of ladders: a ladder run against a target with two cores. */

import { FULL_SCALE, ladder } from '../definition/index.ts';
import { PM2_COLUMNS, type PostgresqlDetails, type Result, TARGET_COLUMNS } from '../evidence/index.ts';
import { evenWindows, instants, phaseFigures, repeat, resultOf, samplesOf } from './evidence.ts';

export const LADDER_USERS = [50, 100, 200];
const { phases, scenarios: _, ...workload } = ladder(LADDER_USERS, { ramp: '10s', hold: '60s' })(FULL_SCALE);
const WINDOW_MS = 5000;

export const LADDER_PHASES = phases;
export const LADDER_DURATION_MS = workload.durationMs;
/** Times at which the target is sampled. */
export const SAMPLE_TIMES = instants(0, LADDER_DURATION_MS + 1, WINDOW_MS);

type Parts = NonNullable<Parameters<typeof resultOf>[0]>;

/** A ladder run against a target that uses the given number of cores and processes. */
export function ladderRun({
  cores = 0.5,
  processes = 1,
  ...parts
}: { cores?: number; processes?: number } & Parts = {}): Result {
  return resultOf({
    phases: phases.map((phase) => phaseFigures(phase, { values: repeat(600, 90) })),
    windows: evenWindows(LADDER_DURATION_MS / WINDOW_MS, WINDOW_MS, {
      requests: repeat(LADDER_DURATION_MS / WINDOW_MS, 300),
      errors: repeat(LADDER_DURATION_MS / WINDOW_MS, 50),
    }),
    resources: {
      target: samplesOf(SAMPLE_TIMES, {
        [TARGET_COLUMNS.cpuSeconds]: (ms) => (cores * ms) / 1000,
        [TARGET_COLUMNS.connectionsMax]: () => 100 * processes,
      }),
      pm2: samplesOf(SAMPLE_TIMES, { [PM2_COLUMNS.online]: () => processes }),
    },
    ...parts,
    run: { workload: { ...workload, phases }, ...parts.run },
  });
}

/** Details of a monitored database with the given connection limit and no activity. */
export const postgresqlDetails = (maxConnections: number): PostgresqlDetails => ({
  version: '18',
  maxConnections,
  cacheHitRate: null,
  commits: 0,
  rollbacks: 0,
  deadlocks: 0,
  queries: null,
  indexes: [],
});
