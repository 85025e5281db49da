import {
  columnValues,
  completeRows,
  type Evidence,
  POSTGRESQL_COLUMNS,
  pointsOf,
  TARGET_COLUMNS,
  totalIncrease,
} from '../../evidence/index.ts';
import {
  formatCount,
  formatMs,
  formatNumber,
  formatRate,
  mean,
  pluralize,
  sum,
} from '../../numbers/index.ts';
import { type Effect, errorMatcherOf } from './effects.ts';
import { sumCounts } from './flow-failures.ts';
import {
  offeredPerS,
  type Period,
  periodsWhere,
  samplesUnderLoad,
  spanOf,
  totalsInsideAndOutside,
  type WindowTotals,
} from './periods.ts';
import {
  certainAbsence,
  type DiagnosisRule,
  directSignal,
  opposingSignal,
  type Signal,
  slowdownSignal,
  supportingSignal,
  uncertainAbsence,
} from './rule.ts';

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
  samplesUnderLoad(
    evidence,
    completeRows(evidence.resources.target, connectionsActive, connectionsMax, connectionsWaiting),
  );

const isExhausted = (row: Row) => row.connectionsActive >= row.connectionsMax && row.connectionsWaiting > 0;

/** When the pool had nothing left and somebody waited. */
export const poolExhaustedPeriods = (evidence: Evidence): Period[] =>
  periodsWhere(rowsUnderLoad(evidence), isExhausted);

/** What a pool does to a run that had nothing left at these times. */
export const poolExhaustionEffect = (slows: readonly Period[]): Effect => ({
  matchesError: ({ reason }) => POOL.test(reason),
  matchesFailure: (reason) => POOL.test(reason),
  slowPeriods: slows,
});

/**
 * Little's law, N = X × S: connections in use are the rate of the work times the time for which a connection is held.
 * While the pool is exhausted all of them are in use, so the rate that gets through gives the hold time; and the rate
 * that the planned load would have, times that, is how many are needed on average.
 */
function sizing(evidence: Evidence, rows: readonly Row[], seen: WindowTotals) {
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
  return run.workload.peakVUs + Math.max(0, ...columnValues(resources.target, TARGET_COLUMNS.jobsRunning));
}

export const databasePoolExhausted: DiagnosisRule = {
  cause: 'database-pool-exhausted',
  title: 'Database pool exhausted',
  alternatives: ['cpu-saturated', 'database-unavailable', 'database-lock', 'connection-leak'],

  suspect(evidence) {
    const rows = rowsUnderLoad(evidence);
    const full = rows.filter(isExhausted);
    const stretches = periodsWhere(rows, isExhausted);
    const { inside, outside } = totalsInsideAndOutside(evidence, stretches);
    if (full.length < FEWEST_SAMPLES || inside.requests <= inside.errors) return null;
    const size = sizing(evidence, full, inside);
    const timeouts = totalIncrease(pointsOf(evidence.resources.target, connectionTimeouts));
    if (timeouts === 0 && size.waiting < WAIT_WORTH_TELLING * size.max) return null;

    const span = spanOf(stretches);
    const effect = poolExhaustionEffect(stretches);
    const own = evidence.errors.filter(errorMatcherOf(evidence, effect));
    const longer = heldLonger(rows, size.holdS, outside);
    const most = Math.max(...full.map((row) => row.connectionsWaiting));
    return {
      signals: [
        directSignal(
          span,
          `all ${formatCount(size.max)} connections were in use and ${formatCount(size.waiting)} units of work waited for one on average, at most ${most}, in ${formatCount(full.length)} of ${pluralize(rows.length, 'sample')}`,
        ),
        timeouts > 0 &&
          supportingSignal(span, `${pluralize(timeouts, 'unit')} of work got no connection in time`),
        own.length > 0 &&
          supportingSignal(
            span,
            `${formatCount(sumCounts(own))} of ${pluralize(sumCounts(evidence.errors), 'error')} are of it (${[...new Set(own.map(({ reason }) => reason))].join(', ')})`,
          ),
        slowdownSignal(evidence, stretches),
        longer,
      ],
      recommendation: longer ? HOLD_SHORTER : recommend(evidence, size),
      effect,
      configurable: longer === null,
    };
  },

  absence(evidence) {
    const rows = rowsUnderLoad(evidence);
    if (rows.length === 0) return uncertainAbsence('the database pool: the target tells nothing of it');
    const most = rows.reduce((highest, row) =>
      row.connectionsActive > highest.connectionsActive ? row : highest,
    );
    const waited = rows.filter((row) => row.connectionsWaiting > 0).length;
    return certainAbsence(
      `at most ${most.connectionsActive} of ${most.connectionsMax} connections of the database pool were in use, and work waited for one in ${formatCount(waited)} of ${pluralize(rows.length, 'sample')}`,
    );
  },
};

function heldLonger(rows: readonly Row[], holdS: number, calm: WindowTotals): Signal | null {
  const active = rows.filter((row) => !isExhausted(row)).map((row) => row.connectionsActive);
  if (sum(active) < FEWEST_IN_USE || calm.perS === 0) return null;
  const usualS = mean(active) / calm.perS;
  if (holdS < HELD_LONGER * usualS) return null;
  return opposingSignal(
    spanOf(periodsWhere(rows, isExhausted)),
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
  const planned = generator.vusPlanned > 0 ? pluralize(generator.vusPlanned, 'user') : run.workload.kind;
  const headroom =
    size < recommended
      ? `; no more than ${size} can be in use at once, by as many as there are to use them`
      : ` and ${HEADROOM} times that with headroom`;
  const advice = `Raise the pool's maximum (${formatCount(max)} now) to about ${size}. ${planned} would ask for ${formatRate(offered)}, each holding a connection for ${formatMs(holdS * 1000)}, which is ${formatNumber(needed)} connections on average (Little's law)${headroom}.`;
  const database = completeRows(
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
