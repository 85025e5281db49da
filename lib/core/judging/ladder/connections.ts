import { type Evidence, POSTGRESQL_COLUMNS, pointsOf, TARGET_COLUMNS } from '../../evidence/index.ts';
import { processesOf } from './processes.ts';

/** Connections that are left to people and tools, whatever the service takes. */
const RESERVE = 10;

/** What all processes together may open, against what the database takes. */
export interface Connections {
  processes: number;
  /** Of each process. */
  pool: number;
  wanted: number;
  limit: number;
  reserve: number;
  fits: boolean;
  /** That each process may have. */
  most: number;
}

/** Null where the pool or the limit of the database was not seen. */
export function connectionsOf(evidence: Evidence): Connections | null {
  const { resources, details } = evidence;
  const wanted = Math.max(
    0,
    ...pointsOf(resources.target, TARGET_COLUMNS.connectionsMax).map(({ value }) => value),
  );
  const limit =
    details.postgresql?.maxConnections ??
    pointsOf(resources.postgresql, POSTGRESQL_COLUMNS.maxConnections).at(-1)?.value;
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
