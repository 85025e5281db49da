import {
  type ConnectionBudget,
  columnValues,
  type Evidence,
  type Ladder,
  POSTGRESQL_COLUMNS,
  type Result,
  TARGET_COLUMNS,
} from '../evidence/index.ts';
import type { ErrorKind } from '../metrics/index.ts';
import { targetCores, targetProcesses } from './ladder/processes.ts';
import { carriedUsers, loadPointsOf, rungsOf } from './ladder/rungs.ts';
import { capacityOf } from './ladder/scalability.ts';

/** Null if the workload of the run is not a ladder or no rung was measured. */
export function ladderOf(result: Result): Ladder | null {
  const rungs = rungsOf(result);
  if (rungs.length === 0) return null;
  return {
    rungs,
    carried: carriedUsers(rungs),
    processes: targetProcesses(result),
    cores: targetCores(result),
    capacity: capacityOf(loadPointsOf(result, rungs)),
    connections: connectionBudgetOf(result),
    errors: errorDescriptions(result),
  };
}

function errorDescriptions({ errors }: Result): Ladder['errors'] {
  const byKind: Partial<Record<ErrorKind, Set<string>>> = {};
  for (const { kind, code, reason } of errors) {
    byKind[kind] ??= new Set();
    byKind[kind].add(reason === kind ? code : `${code} ${reason}`);
  }
  return Object.fromEntries(Object.entries(byKind).map(([kind, texts]) => [kind, [...texts]]));
}

/** Connections of the database reserved for administrators and tools. */
const RESERVE = 10;

/** Null if the pool size or the connection limit of the database is unknown. */
export function connectionBudgetOf(evidence: Evidence): ConnectionBudget | null {
  const { resources, details } = evidence;
  const wanted = Math.max(0, ...columnValues(resources.target, TARGET_COLUMNS.connectionsMax));
  const limit =
    details.postgresql?.maxConnections ?? columnValues(resources.postgresql, POSTGRESQL_COLUMNS.maxConnections).at(-1);
  if (wanted === 0 || limit === undefined) return null;
  const processes = targetProcesses(evidence);
  const available = limit - RESERVE;
  return {
    processes,
    pool: Math.round(wanted / processes),
    wanted,
    limit,
    reserve: RESERVE,
    fits: wanted <= available,
    most: Math.max(0, Math.floor(available / processes)),
  };
}
