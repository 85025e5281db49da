import {
  columnValues,
  completeRows,
  type Evidence,
  POSTGRESQL_COLUMNS,
  pointsOf,
  TARGET_COLUMNS,
  totalIncrease,
} from '../../evidence/index.ts';
import { formatCount, formatMs, formatNumber, formatRate, mean, pluralize, sum } from '../../numbers/index.ts';
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

/** A short burst may fill a pool, so this many samples must show waiting requests. */
const MIN_SAMPLES = 3;
/** Without timeouts, waiting requests must be at least this share of the pool. */
const MIN_WAITING_SHARE = 0.5;
/** Factor above the mean demand, because arrivals and hold times vary. */
const HEADROOM = 1.4;
/** If connections are held longer than at other times by this factor, a larger pool does not help. */
const MIN_HOLD_FACTOR = 2;
/** Minimum sum of connections in use over all samples. Below it, the usual hold time is unknown. */
const MIN_IN_USE = 5;
/** Reasons in responses such as `db_pool_timeout` or `no database connection became free in time`. */
const POOL_REASON = /pool|acquir|no ([\w-]+ )?connection/i;

type Row = ReturnType<typeof rowsUnderLoad>[number];

const rowsUnderLoad = (evidence: Evidence) =>
  samplesUnderLoad(
    evidence,
    completeRows(evidence.resources.target, connectionsActive, connectionsMax, connectionsWaiting),
  );

const isExhausted = (row: Row) => row.connectionsActive >= row.connectionsMax && row.connectionsWaiting > 0;

/** Periods in which all connections were in use and requests or jobs waited for a connection. */
export const poolExhaustedPeriods = (evidence: Evidence): Period[] =>
  periodsWhere(rowsUnderLoad(evidence), isExhausted);

/** Returns the effect of an exhausted pool on a run. */
export const poolExhaustionEffect = (slowPeriods: readonly Period[]): Effect => ({
  matchesError: ({ reason }) => POOL_REASON.test(reason),
  matchesFailure: (reason) => POOL_REASON.test(reason),
  slowPeriods,
});

/**
 * Little's law, N = X × S: the number of connections in use is the throughput times the hold time of a connection. All
 * connections are in use while the pool is exhausted, so the throughput of that time gives the hold time. The rate of
 * the planned load, times the hold time, gives the number of connections needed on average.
 */
function sizing(evidence: Evidence, rows: readonly Row[], totals: WindowTotals) {
  const max = mean(rows.map((row) => row.connectionsMax));
  const waiting = mean(rows.map((row) => row.connectionsWaiting));
  const holdS = max / ((totals.requests - totals.errors) / totals.seconds);
  const offered = offeredPerS(evidence, totals, waiting);
  const needed = offered * holdS;
  const recommended = Math.ceil(needed * HEADROOM);
  const concurrency = maxConcurrency(evidence);
  // If the pool is already larger than needed and requests still wait, something else holds the connections.
  const maxUseful = concurrency > max ? concurrency : recommended;
  return { max, waiting, holdS, offered, needed, recommended, maxUseful };
}

/** Maximum number of connections in use at the same time: one per VU and one per running job. */
function maxConcurrency({ run, resources }: Evidence): number {
  return run.workload.peakVUs + Math.max(0, ...columnValues(resources.target, TARGET_COLUMNS.jobsRunning));
}

export const databasePoolExhausted: DiagnosisRule = {
  cause: 'database-pool-exhausted',
  title: 'Database pool exhausted',
  alternatives: ['cpu-saturated', 'database-unavailable', 'database-lock', 'connection-leak'],

  suspect(evidence) {
    const rows = rowsUnderLoad(evidence);
    const full = rows.filter(isExhausted);
    const periods = periodsWhere(rows, isExhausted);
    const { inside, outside } = totalsInsideAndOutside(evidence, periods);
    if (full.length < MIN_SAMPLES || inside.requests <= inside.errors) return null;
    const size = sizing(evidence, full, inside);
    const timeouts = totalIncrease(pointsOf(evidence.resources.target, connectionTimeouts));
    if (timeouts === 0 && size.waiting < MIN_WAITING_SHARE * size.max) return null;

    const span = spanOf(periods);
    const effect = poolExhaustionEffect(periods);
    const causedErrors = evidence.errors.filter(errorMatcherOf(evidence, effect));
    const longerHolds = longerHoldsSignal(rows, size.holdS, outside);
    const maxWaiting = Math.max(...full.map((row) => row.connectionsWaiting));
    return {
      signals: [
        directSignal(
          span,
          `all ${formatCount(size.max)} connections were in use in ${formatCount(full.length)} of ${pluralize(rows.length, 'sample')}, while ${formatCount(size.waiting)} requests or jobs on average (max ${maxWaiting}) waited for a connection`,
        ),
        timeouts > 0 &&
          supportingSignal(
            span,
            `${pluralize(timeouts, 'request or job', 'requests or jobs')} timed out waiting for a connection`,
          ),
        causedErrors.length > 0 &&
          supportingSignal(
            span,
            `${causedShare(sumCounts(causedErrors), sumCounts(evidence.errors))} this cause (${[...new Set(causedErrors.map(({ reason }) => reason))].join(', ')})`,
          ),
        slowdownSignal(evidence, periods),
        longerHolds,
      ],
      recommendation: longerHolds ? SHORTEN_HOLDS : recommend(evidence, size),
      effect,
      configurable: longerHolds === null,
    };
  },

  absence(evidence) {
    const rows = rowsUnderLoad(evidence);
    if (rows.length === 0) return uncertainAbsence('the database pool: the target does not report it');
    const busiest = rows.reduce((highest, row) => (row.connectionsActive > highest.connectionsActive ? row : highest));
    const waited = rows.filter((row) => row.connectionsWaiting > 0).length;
    return certainAbsence(
      `at most ${busiest.connectionsActive} of ${busiest.connectionsMax} connections of the database pool were in use, and requests or jobs waited for a connection in ${formatCount(waited)} of ${pluralize(rows.length, 'sample')}`,
    );
  },
};

const causedShare = (caused: number, total: number) =>
  caused === total && total > 1
    ? `all ${formatCount(total)} errors have`
    : `${formatCount(caused)} of ${pluralize(total, 'error')} have`;

function longerHoldsSignal(rows: readonly Row[], holdS: number, outside: WindowTotals): Signal | null {
  const active = rows.filter((row) => !isExhausted(row)).map((row) => row.connectionsActive);
  if (sum(active) < MIN_IN_USE || outside.perS === 0) return null;
  const usualS = mean(active) / outside.perS;
  if (holdS < MIN_HOLD_FACTOR * usualS) return null;
  return opposingSignal(
    spanOf(periodsWhere(rows, isExhausted)),
    `evidence against this cause: a connection was held for ${formatMs(holdS * 1000)} while the pool was exhausted and for ${formatMs(usualS * 1000)} at other times, so a larger pool would fill up as well`,
  );
}

const SHORTEN_HOLDS =
  'Find out why connections are held longer than at other times before you enlarge the pool: slow or blocked statements, calls to other services within a transaction, or connections that are not released.';

function recommend(
  { resources, run, generator }: Evidence,
  { max, holdS, offered, needed, recommended, maxUseful }: ReturnType<typeof sizing>,
): string {
  const size = Math.min(recommended, maxUseful);
  const planned = generator.vusPlanned > 0 ? pluralize(generator.vusPlanned, 'user') : run.workload.kind;
  const headroom =
    size < recommended
      ? `, but at most ${size} can be in use at the same time (one per user or running job)`
      : `, and ${HEADROOM} times that with headroom`;
  const advice = `Raise the maximum size of the database pool from ${formatCount(max)} to about ${size}. The planned load (${planned}) would send ${formatRate(offered)}, and each request or job holds a connection for ${formatMs(holdS * 1000)}. That needs ${formatNumber(needed)} connections on average (Little's law)${headroom}.`;
  const database = completeRows(
    resources.postgresql,
    POSTGRESQL_COLUMNS.connections,
    POSTGRESQL_COLUMNS.maxConnections,
  ).at(-1);
  if (!database) return `${advice} Check that the database allows this many connections across all instances.`;
  const { connections, maxConnections } = database;
  return connections + size - max > maxConnections
    ? `${advice} The database allows ${maxConnections} connections, of which ${connections} were in use: raise that limit as well.`
    : `${advice} The database has room for them: ${connections} of ${maxConnections} connections were in use.`;
}
