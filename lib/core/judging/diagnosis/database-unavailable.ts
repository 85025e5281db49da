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
import {
  certainAbsence,
  type DiagnosisRule,
  directSignal,
  supportingSignal,
  uncertainAbsence,
} from './rule.ts';

const { connections, maxConnections } = POSTGRESQL_COLUMNS;
const { connectionsActive, connectionsIdle, connectionsMax } = TARGET_COLUMNS;

const FEWEST_ERRORS = 5;
const LEAST_SHARE = 0.005;
/** What targets say of it: `database_unavailable`, `the database can not be reached`. */
const UNAVAILABLE =
  /(database|postgres|mysql|\bdb|sql)\w*.*(unavailable|unreachable|reached|down|refused|gone|lost)/i;

const saysSo = ({ reason }: ErrorFigures) => UNAVAILABLE.test(reason);

/** When the pool of the target had no connection left, neither in use nor idle. */
const emptyPool = (evidence: Evidence): Period[] =>
  periodsWhere(
    samplesUnderLoad(
      evidence,
      completeRows(evidence.resources.target, connectionsActive, connectionsIdle, connectionsMax),
    ),
    (row) => row.connectionsMax > 0 && row.connectionsIdle + row.connectionsActive === 0,
  );

/** Server errors while the database was silent, where nearly all of them fell into that time. */
function failingMeanwhile({ windows }: Evidence, silent: readonly Period[]) {
  const errors = windows.errorsByKind['server-error'] ?? [];
  const meanwhile = sum(windowIndexesIn(windows, silent).map((i) => errors[i] ?? 0));
  const all = sum(errors);
  return meanwhile >= FEWEST_ERRORS && meanwhile >= NEARLY_ALL_SHARE * all ? { meanwhile, all } : null;
}

export const databaseUnavailable: DiagnosisRule = {
  cause: 'database-unavailable',
  title: 'Database unavailable',
  alternatives: ['process-crash', 'database-lock', 'database-pool-exhausted'],

  suspect(evidence) {
    const { errors, totals, windows, resources } = evidence;
    const told = sumCounts(errors.filter(saysSo));
    const isTold = told >= FEWEST_ERRORS && told >= LEAST_SHARE * totals.requests;
    const silent = silentPeriods(evidence, pointsOf(resources.postgresql, connections));
    const failing = failingMeanwhile(evidence, silent);
    if (!isTold && !failing) return null;

    const failed = spanOf(windowsWithCount(evidence, windows.errors));
    const span = silent.length > 0 ? spanOf(silent) : failed;
    const empty = emptyPool(evidence);
    return {
      signals: [
        isTold &&
          directSignal(
            failed,
            `${formatCount(told)} of ${pluralize(sumCounts(errors), 'error')} say that the database cannot be reached`,
          ),
        silent.length > 0 && supportingSignal(span, 'the database did not answer the probe'),
        failing &&
          supportingSignal(
            span,
            `${formatCount(failing.meanwhile)} of ${pluralize(failing.all, 'server error')} fell into that time (${formatPercent(failing.meanwhile / failing.all)})`,
          ),
        empty.length > 0 && supportingSignal(spanOf(empty), "the target's pool had no connection left"),
      ],
      recommendation: `Find out from the database's log why it took no connections from ${formatDuration(Math.max(0, span.fromMs))} to ${formatDuration(span.toMs)} of the run, and whether it was restarted, failed over or had no connection left to give. What was in progress then may be lost: look for it before the next run.`,
      effect: {
        matchesError: (error) => saysSo(error) || (failing !== null && error.kind === 'server-error'),
        matchesFailure: (reason) => UNAVAILABLE.test(reason),
      },
    };
  },

  absence(evidence) {
    const { postgresql } = evidence.resources;
    const points = samplesUnderLoad(evidence, pointsOf(postgresql, connections));
    if (points.length === 0) return uncertainAbsence('the database: it was not watched');
    const most = Math.max(...points.map(({ value }) => value));
    const limit = pointsOf(postgresql, maxConnections).at(-1)?.value;
    return certainAbsence(
      `the database answered in all of ${pluralize(points.length, 'sample')}, with at most ${most}${limit === undefined ? '' : ` of its ${limit}`} connections taken`,
    );
  },
};
