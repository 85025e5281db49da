import {
  completeRows,
  type ErrorFigures,
  type Evidence,
  POSTGRESQL_COLUMNS,
  pointsOf,
  TARGET_COLUMNS,
} from '../../evidence/index.ts';
import { formatCount, formatDuration, formatPercent, pluralize, sum } from '../../numbers/index.ts';
import { NEARLY_ALL_SHARE } from './effects.ts';
import { sumCounts } from './flow-failures.ts';
import {
  type Period,
  periodsWhere,
  samplesUnderLoad,
  silentPeriods,
  spanOf,
  windowIndexesIn,
  windowsWithCount,
} from './periods.ts';
import { certainAbsence, type DiagnosisRule, directSignal, supportingSignal, uncertainAbsence } from './rule.ts';

const { connections, maxConnections } = POSTGRESQL_COLUMNS;
const { connectionsActive, connectionsIdle, connectionsMax } = TARGET_COLUMNS;

const MIN_ERRORS = 5;
const MIN_ERROR_SHARE = 0.005;
/** Reasons in responses such as `database_unavailable` or `the database can not be reached`. */
const UNAVAILABLE_REASON =
  /(database|postgres|mysql|\bdb|sql)\w*.*(unavailable|unreachable|reached|down|refused|gone|lost)/i;

const saysUnavailable = ({ reason }: ErrorFigures) => UNAVAILABLE_REASON.test(reason);

/** Periods in which the target's pool had no connections, neither in use nor idle. */
const emptyPool = (evidence: Evidence): Period[] =>
  periodsWhere(
    samplesUnderLoad(
      evidence,
      completeRows(evidence.resources.target, connectionsActive, connectionsIdle, connectionsMax),
    ),
    (row) => row.connectionsMax > 0 && row.connectionsIdle + row.connectionsActive === 0,
  );

/**
 * Counts the server errors while the database was silent. Returns null if these errors are few, or if many occurred at
 * other times.
 */
function errorsDuringSilence({ windows }: Evidence, silent: readonly Period[]) {
  const errors = windows.errorsByKind['server-error'] ?? [];
  const during = sum(windowIndexesIn(windows, silent).map((i) => errors[i] ?? 0));
  const all = sum(errors);
  return during >= MIN_ERRORS && during >= NEARLY_ALL_SHARE * all ? { during, all } : null;
}

export const databaseUnavailable: DiagnosisRule = {
  cause: 'database-unavailable',
  title: 'Database unavailable',
  alternatives: ['process-crash', 'database-lock', 'database-pool-exhausted'],

  suspect(evidence) {
    const { errors, totals, windows, resources } = evidence;
    const reported = sumCounts(errors.filter(saysUnavailable));
    const isReported = reported >= MIN_ERRORS && reported >= MIN_ERROR_SHARE * totals.requests;
    const silent = silentPeriods(evidence, pointsOf(resources.postgresql, connections));
    const failing = errorsDuringSilence(evidence, silent);
    if (!isReported && !failing) return null;

    const failed = spanOf(windowsWithCount(evidence, windows.errors));
    const span = silent.length > 0 ? spanOf(silent) : failed;
    const empty = emptyPool(evidence);
    return {
      signals: [
        isReported &&
          directSignal(
            failed,
            `${formatCount(reported)} of ${pluralize(sumCounts(errors), 'error')} say that the database cannot be reached`,
          ),
        silent.length > 0 && supportingSignal(span, 'the database did not respond to the probe'),
        failing &&
          supportingSignal(
            span,
            `${formatCount(failing.during)} of ${pluralize(failing.all, 'server error')} occurred in that period (${formatPercent(failing.during / failing.all)})`,
          ),
        empty.length > 0 &&
          supportingSignal(spanOf(empty), "the target's pool had no connections, neither in use nor idle"),
      ],
      recommendation: `Check the database log for why it accepted no connections from ${formatDuration(Math.max(0, span.fromMs))} to ${formatDuration(span.toMs)} of the run: a restart, a failover, or its connection limit. Work in progress at that time may be lost, so check the data before the next run.`,
      effect: {
        matchesError: (error) => saysUnavailable(error) || (failing !== null && error.kind === 'server-error'),
        matchesFailure: (reason) => UNAVAILABLE_REASON.test(reason),
      },
    };
  },

  absence(evidence) {
    const { postgresql } = evidence.resources;
    const points = samplesUnderLoad(evidence, pointsOf(postgresql, connections));
    if (points.length === 0) return uncertainAbsence('the database: it was not monitored');
    const maxInUse = Math.max(...points.map(({ value }) => value));
    const limit = pointsOf(postgresql, maxConnections).at(-1)?.value;
    return certainAbsence(
      `the database responded in all ${pluralize(points.length, 'sample')}, with at most ${maxInUse}${limit === undefined ? '' : ` of its ${limit}`} connections in use`,
    );
  },
};
