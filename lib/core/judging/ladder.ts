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

/** Null where the workload of a run is no ladder, or no rung of it was measured. */
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
    errors: errorsSaid(result),
  };
}

function errorsSaid({ errors }: Result): Ladder['errors'] {
  const said: Partial<Record<ErrorKind, Set<string>>> = {};
  for (const { kind, code, reason } of errors) {
    said[kind] ??= new Set();
    said[kind].add(reason === kind ? code : `${code} ${reason}`);
  }
  return Object.fromEntries(Object.entries(said).map(([kind, words]) => [kind, [...words]]));
}

/** Connections that are left to people and tools, whatever the service takes. */
const RESERVE = 10;

/** Null where the pool or the limit of the database was not seen. */
export function connectionBudgetOf(evidence: Evidence): ConnectionBudget | null {
  const { resources, details } = evidence;
  const wanted = Math.max(0, ...columnValues(resources.target, TARGET_COLUMNS.connectionsMax));
  const limit =
    details.postgresql?.maxConnections ??
    columnValues(resources.postgresql, POSTGRESQL_COLUMNS.maxConnections).at(-1);
  if (wanted === 0 || limit === undefined) return null;
  const processes = targetProcesses(evidence);
  const left = limit - RESERVE;
  return {
    processes,
    pool: Math.round(wanted / processes),
    wanted,
    limit,
    reserve: RESERVE,
    fits: wanted <= left,
    most: Math.max(0, Math.floor(left / processes)),
  };
}
