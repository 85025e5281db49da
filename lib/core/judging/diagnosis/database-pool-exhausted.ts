import {
  type Evidence,
  increaseOf,
  POSTGRESQL_COLUMNS,
  pointsOf,
  rowsOf,
  TARGET_COLUMNS,
  valuesOf,
} from '../../evidence/index.ts';
import { count, formatCount, formatMs, formatNumber, formatRate, mean, sum } from '../../numbers/index.ts';
import { type Effect, errorsOf } from './effects.ts';
import { countOf } from './journeys.ts';
import { absent, against, fits, type Rule, type Signal, says, slowerWhile, unseen } from './rule.ts';
import {
  insideAndOutside,
  offeredPerS,
  type Stretch,
  spanOf,
  stretchesOf,
  type Together,
  underLoad,
} from './stretches.ts';

const { connectionsActive, connectionsMax, connectionsWaiting, connectionTimeouts } = TARGET_COLUMNS;

/** A burst fills a pool for a moment; three samples in which somebody waits are more. */
const FEWEST_SAMPLES = 3;
/** Without timeouts, the wait has to be this part of the time for which a connection is held. */
const WAIT_WORTH_TELLING = 0.5;
/** Room above the mean that is needed: arrivals and hold times vary. */
const HEADROOM = 1.4;
/** Connections that are held this many times as long as before are no matter of how many there are. */
const HELD_LONGER = 2;
/** Of fewer connections in use, summed over samples, nothing is known of how long they are held. */
const FEWEST_IN_USE = 5;
/** What targets say of it: `db_pool_timeout`, `no database connection became free in time`. */
const POOL = /pool|acquir|no ([\w-]+ )?connection/i;

type Row = ReturnType<typeof rowsUnderLoad>[number];

const rowsUnderLoad = (evidence: Evidence) =>
  underLoad(
    evidence,
    rowsOf(evidence.resources.target, connectionsActive, connectionsMax, connectionsWaiting),
  );

const isExhausted = (row: Row) => row.connectionsActive >= row.connectionsMax && row.connectionsWaiting > 0;

/** When the pool had nothing left and somebody waited. */
export const exhaustion = (evidence: Evidence): Stretch[] =>
  stretchesOf(rowsUnderLoad(evidence), isExhausted);

/** What a pool does to a run that had nothing left at these times. */
export const exhaustionEffect = (slows: readonly Stretch[]): Effect => ({
  errors: ({ reason }) => POOL.test(reason),
  failures: (reason) => POOL.test(reason),
  slows,
});

/**
 * Little's law, N = X × S: connections in use are the rate of the work times the time for which a connection is held.
 * While the pool is exhausted all of them are in use, so the rate that gets through gives the hold time; and the rate
 * that the planned load would have, times that, is how many are needed on average.
 */
function sizing(evidence: Evidence, rows: readonly Row[], seen: Together) {
  const max = mean(rows.map((row) => row.connectionsMax));
  const waiting = mean(rows.map((row) => row.connectionsWaiting));
  const holdS = max / ((seen.requests - seen.errors) / seen.seconds);
  const offered = offeredPerS(evidence, seen, waiting);
  const needed = offered * holdS;
  const recommended = Math.ceil(needed * HEADROOM);
  const most = mostAtOnce(evidence);
  // Where there are more already, and somebody waits all the same, it is not users that hold them.
  return { max, waiting, holdS, offered, needed, recommended, most: most > max ? most : recommended };
}

/** Work that can be in progress at once, and hold a connection each: a request for each VU, and jobs. */
function mostAtOnce({ run, resources }: Evidence): number {
  return run.workload.peakVUs + Math.max(0, ...valuesOf(resources.target, TARGET_COLUMNS.jobsRunning));
}

export const databasePoolExhausted: Rule = {
  cause: 'database-pool-exhausted',
  title: 'Database pool exhausted',
  alternatives: ['cpu-saturated', 'database-unavailable', 'database-lock', 'connection-leak'],

  suspect(evidence) {
    const rows = rowsUnderLoad(evidence);
    const full = rows.filter(isExhausted);
    const stretches = stretchesOf(rows, isExhausted);
    const { inside, outside } = insideAndOutside(evidence, stretches);
    if (full.length < FEWEST_SAMPLES || inside.requests <= inside.errors) return null;
    const size = sizing(evidence, full, inside);
    const timeouts = increaseOf(pointsOf(evidence.resources.target, connectionTimeouts));
    if (timeouts === 0 && size.waiting < WAIT_WORTH_TELLING * size.max) return null;

    const span = spanOf(stretches);
    const effect = exhaustionEffect(stretches);
    const own = evidence.errors.filter(errorsOf(evidence, effect));
    const longer = heldLonger(rows, size.holdS, outside);
    const most = Math.max(...full.map((row) => row.connectionsWaiting));
    return {
      signals: [
        says(
          span,
          `all ${formatCount(size.max)} connections were in use and ${formatCount(size.waiting)} units of work waited for one on average, at most ${most}, in ${formatCount(full.length)} of ${count(rows.length, 'sample')}`,
        ),
        timeouts > 0 && fits(span, `${count(timeouts, 'unit')} of work got no connection in time`),
        own.length > 0 &&
          fits(
            span,
            `${formatCount(countOf(own))} of ${count(countOf(evidence.errors), 'error')} are of it (${[...new Set(own.map(({ reason }) => reason))].join(', ')})`,
          ),
        slowerWhile(evidence, stretches),
        longer,
      ],
      recommendation: longer ? HOLD_SHORTER : recommend(evidence, size),
      effect,
      configurable: longer === null,
    };
  },

  absence(evidence) {
    const rows = rowsUnderLoad(evidence);
    if (rows.length === 0) return unseen('the database pool: the target tells nothing of it');
    const most = rows.reduce((highest, row) =>
      row.connectionsActive > highest.connectionsActive ? row : highest,
    );
    const waited = rows.filter((row) => row.connectionsWaiting > 0).length;
    return absent(
      `at most ${most.connectionsActive} of ${most.connectionsMax} connections of the database pool were in use, and work waited for one in ${formatCount(waited)} of ${count(rows.length, 'sample')}`,
    );
  },
};

function heldLonger(rows: readonly Row[], holdS: number, calm: Together): Signal | null {
  const active = rows.filter((row) => !isExhausted(row)).map((row) => row.connectionsActive);
  if (sum(active) < FEWEST_IN_USE || calm.perS === 0) return null;
  const usualS = mean(active) / calm.perS;
  if (holdS < HELD_LONGER * usualS) return null;
  return against(
    spanOf(stretchesOf(rows, isExhausted)),
    `against it: a connection was held for ${formatMs(holdS * 1000)} meanwhile and for ${formatMs(usualS * 1000)} at other times, so that a larger pool would fill as well`,
  );
}

const HOLD_SHORTER =
  'Find out why connections are held longer than at other times before the pool is made larger: slow or blocked statements, calls to others within a transaction, connections that are not given back.';

function recommend(
  { resources, run, generator }: Evidence,
  { max, holdS, offered, needed, recommended, most }: ReturnType<typeof sizing>,
): string {
  const size = Math.min(recommended, most);
  const planned = generator.vusPlanned > 0 ? count(generator.vusPlanned, 'user') : run.workload.kind;
  const headroom =
    size < recommended
      ? `; no more than ${size} can be in use at once, by as many as there are to use them`
      : ` and ${HEADROOM} times that with headroom`;
  const advice = `Raise the pool's maximum (${formatCount(max)} now) to about ${size}. ${planned} would ask for ${formatRate(offered)}, each holding a connection for ${formatMs(holdS * 1000)}, which is ${formatNumber(needed)} connections on average (Little's law)${headroom}.`;
  const database = rowsOf(
    resources.postgresql,
    POSTGRESQL_COLUMNS.connections,
    POSTGRESQL_COLUMNS.maxConnections,
  ).at(-1);
  if (!database) return `${advice} Check that the database allows as many connections over all instances.`;
  const { connections, maxConnections } = database;
  return connections + size - max > maxConnections
    ? `${advice} The database allows ${maxConnections} connections, of which ${connections} were taken: raise that as well.`
    : `${advice} The database has room for it: ${connections} of ${maxConnections} connections were taken.`;
}
