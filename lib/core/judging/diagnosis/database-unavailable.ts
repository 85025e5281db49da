import {
  type ErrorFigures,
  type Evidence,
  POSTGRESQL_COLUMNS,
  pointsOf,
  rowsOf,
  TARGET_COLUMNS,
} from '../../evidence/index.ts';
import { count, formatCount, formatDuration, formatPercent, sum } from '../../numbers/index.ts';
import { NEARLY_ALL } from './effects.ts';
import { countOf } from './journeys.ts';
import { absent, fits, type Rule, says, unseen } from './rule.ts';
import {
  type Stretch,
  silences,
  spanOf,
  stretchesOf,
  underLoad,
  windowsIn,
  windowsWith,
} from './stretches.ts';

const { connections, maxConnections } = POSTGRESQL_COLUMNS;
const { connectionsActive, connectionsIdle, connectionsMax } = TARGET_COLUMNS;

const FEWEST_ERRORS = 5;
const LEAST_SHARE = 0.005;
/** What targets say of it: `database_unavailable`, `the database can not be reached`. */
const UNAVAILABLE =
  /(database|postgres|mysql|\bdb|sql)\w*.*(unavailable|unreachable|reached|down|refused|gone|lost)/i;

const saysSo = ({ reason }: ErrorFigures) => UNAVAILABLE.test(reason);

/** When the pool of the target had no connection left, neither in use nor idle. */
const emptyPool = (evidence: Evidence): Stretch[] =>
  stretchesOf(
    underLoad(
      evidence,
      rowsOf(evidence.resources.target, connectionsActive, connectionsIdle, connectionsMax),
    ),
    (row) => row.connectionsMax > 0 && row.connectionsIdle + row.connectionsActive === 0,
  );

/** Server errors while the database was silent, where nearly all of them fell into that time. */
function failingMeanwhile({ windows }: Evidence, silent: readonly Stretch[]) {
  const errors = windows.errorsByKind['server-error'] ?? [];
  const meanwhile = sum(windowsIn(windows, silent).map((i) => errors[i] ?? 0));
  const all = sum(errors);
  return meanwhile >= FEWEST_ERRORS && meanwhile >= NEARLY_ALL * all ? { meanwhile, all } : null;
}

export const databaseUnavailable: Rule = {
  cause: 'database-unavailable',
  title: 'Database unavailable',
  alternatives: ['process-crash', 'database-lock', 'database-pool-exhausted'],

  suspect(evidence) {
    const { errors, totals, windows, resources } = evidence;
    const told = countOf(errors.filter(saysSo));
    const isTold = told >= FEWEST_ERRORS && told >= LEAST_SHARE * totals.requests;
    const silent = silences(evidence, pointsOf(resources.postgresql, connections));
    const failing = failingMeanwhile(evidence, silent);
    if (!isTold && !failing) return null;

    const failed = spanOf(windowsWith(evidence, windows.errors));
    const span = silent.length > 0 ? spanOf(silent) : failed;
    const empty = emptyPool(evidence);
    return {
      signals: [
        isTold &&
          says(
            failed,
            `${formatCount(told)} of ${count(countOf(errors), 'error')} say that the database cannot be reached`,
          ),
        silent.length > 0 && fits(span, 'the database did not answer the probe'),
        failing &&
          fits(
            span,
            `${formatCount(failing.meanwhile)} of ${count(failing.all, 'server error')} fell into that time (${formatPercent(failing.meanwhile / failing.all)})`,
          ),
        empty.length > 0 && fits(spanOf(empty), "the target's pool had no connection left"),
      ],
      recommendation: `Find out from the database's log why it took no connections from ${formatDuration(Math.max(0, span.fromMs))} to ${formatDuration(span.toMs)} of the run, and whether it was restarted, failed over or had no connection left to give. What was in progress then may be lost: look for it before the next run.`,
      effect: {
        errors: (error) => saysSo(error) || (failing !== null && error.kind === 'server-error'),
        failures: (reason) => UNAVAILABLE.test(reason),
      },
    };
  },

  absence(evidence) {
    const { postgresql } = evidence.resources;
    const points = underLoad(evidence, pointsOf(postgresql, connections));
    if (points.length === 0) return unseen('the database: it was not watched');
    const most = Math.max(...points.map(({ value }) => value));
    const limit = pointsOf(postgresql, maxConnections).at(-1)?.value;
    return absent(
      `the database answered in all of ${count(points.length, 'sample')}, with at most ${most}${limit === undefined ? '' : ` of its ${limit}`} connections taken`,
    );
  },
};
