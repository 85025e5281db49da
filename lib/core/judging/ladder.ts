import type { Ladder, Result } from '../evidence/index.ts';
import type { ErrorKind } from '../metrics/index.ts';
import { connectionsOf } from './ladder/connections.ts';
import { coresOf, processesOf } from './ladder/processes.ts';
import { carriedUsers, loadPointsOf, rungsOf } from './ladder/rungs.ts';
import { capacityOf } from './ladder/scalability.ts';

/** Null where the workload of a run is no ladder, or no rung of it was measured. */
export function ladderOf(result: Result): Ladder | null {
  const rungs = rungsOf(result);
  if (rungs.length === 0) return null;
  return {
    rungs,
    carried: carriedUsers(rungs),
    processes: processesOf(result),
    cores: coresOf(result),
    capacity: capacityOf(loadPointsOf(result, rungs)),
    connections: connectionsOf(result),
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
