import {
  type Connections,
  type Evidence,
  POSTGRESQL_COLUMNS,
  TARGET_COLUMNS,
  valuesOf,
} from '../../evidence/index.ts';
import { processesOf } from './processes.ts';

/** Connections that are left to people and tools, whatever the service takes. */
const RESERVE = 10;

/** Null where the pool or the limit of the database was not seen. */
export function connectionsOf(evidence: Evidence): Connections | null {
  const { resources, details } = evidence;
  const wanted = Math.max(0, ...valuesOf(resources.target, TARGET_COLUMNS.connectionsMax));
  const limit =
    details.postgresql?.maxConnections ??
    valuesOf(resources.postgresql, POSTGRESQL_COLUMNS.maxConnections).at(-1);
  if (wanted === 0 || limit === undefined) return null;
  const processes = processesOf(evidence);
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
