import type { Result } from '../evidence/index.ts';
import type { ErrorKind } from '../metrics/index.ts';
import { type Connections, connectionsOf } from './ladder/connections.ts';
import { coresOf, processesOf } from './ladder/processes.ts';
import { carriedUsers, loadPointsOf, type Rung, rungsOf } from './ladder/rungs.ts';
import { type Capacity, capacityOf } from './ladder/scalability.ts';

/** What a ladder tells of a deployment. */
export interface Ladder {
  rungs: Rung[];
  /** The last rung up to which no promise was broken; null where the first was. */
  carried: number | null;
  processes: number;
  /** Of the target's machine; null where nobody knows. */
  cores: number | null;
  /** Null where there are too few rungs. */
  capacity: Capacity | null;
  /** Null where the pool or the limit of the database was not seen. */
  connections: Connections | null;
  /** What errors of each kind said: `503 overloaded`. */
  errors: Partial<Record<ErrorKind, string[]>>;
}

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
