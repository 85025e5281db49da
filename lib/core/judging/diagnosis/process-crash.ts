import {
  type ErrorFigures,
  type Evidence,
  increaseOf,
  pointsOf,
  RESTART_COUNTERS,
  risesOf,
  TARGET_COLUMNS,
} from '../../evidence/index.ts';
import { count, formatCount } from '../../numbers/index.ts';
import { countOf } from './journeys.ts';
import { absent, fits, type Rule, says, unseen } from './rule.ts';
import { type Stretch, silences, spanOf } from './stretches.ts';

/** Fewer connections than this may be refused by chance. */
const FEWEST_ERRORS = 5;

/** By the counter that rose most. */
function restartsOf({ resources }: Evidence): { times: number; when: Stretch[]; counted: boolean } {
  const counters = RESTART_COUNTERS.map(([probe, column]) => pointsOf(resources[probe], column));
  const [most = []] = counters.sort((a, b) => increaseOf(b) - increaseOf(a));
  return {
    times: increaseOf(most),
    when: risesOf(most).filter(({ by }) => by > 0),
    counted: counters.some((points) => points.length > 1),
  };
}

const cpuPoints = ({ resources }: Evidence) => pointsOf(resources.target, TARGET_COLUMNS.cpuSeconds);

/** When a counter of the process fell: it is another one since. */
const begunAnew = (evidence: Evidence): Stretch[] => risesOf(cpuPoints(evidence)).filter(({ anew }) => anew);

/** Something may be lost where there was a crash, whatever else mends the run. */
export const nothingCrashed = (evidence: Evidence): boolean =>
  evidence.run.outcome === 'completed' &&
  restartsOf(evidence).times === 0 &&
  begunAnew(evidence).length === 0;

const lostConnection = ({ kind }: ErrorFigures) =>
  kind === 'connection-refused' || kind === 'connection-reset' || kind === 'network';

export const processCrash: Rule = {
  cause: 'process-crash',
  title: 'A process crashed or was restarted',
  alternatives: ['memory-leak', 'cpu-saturated', 'database-unavailable'],

  suspect(evidence) {
    const { errors } = evidence;
    const restarts = restartsOf(evidence);
    const anew = begunAnew(evidence);
    const silent = silences(evidence, cpuPoints(evidence));
    const lost = countOf(errors.filter(lostConnection));
    const refused = countOf(errors.filter(({ kind }) => kind === 'connection-refused'));
    const isGone = refused >= FEWEST_ERRORS && silent.length > 0;
    if (restarts.times === 0 && anew.length === 0 && !isGone) return null;

    const span = spanOf([restarts.when, anew, silent].find((stretches) => stretches.length > 0) ?? []);
    const isAnother = "the target's CPU counter began anew: what answers is another process";
    return {
      signals: [
        restarts.times > 0 && says(spanOf(restarts.when), `${count(restarts.times, 'restart')} counted`),
        anew.length > 0 && (restarts.times > 0 ? fits : says)(spanOf(anew), isAnother),
        lost >= FEWEST_ERRORS &&
          fits(
            span,
            `${formatCount(lost)} of ${count(countOf(errors), 'error')} are connections that were refused or broke off`,
          ),
        silent.length > 0 && fits(spanOf(silent), "the target's metrics did not answer"),
      ],
      recommendation: `Read the target's log of ${instant(evidence, span.fromMs)} to ${instant(evidence, span.toMs)} for how the process ended, and mend that first: a restart loses what was in progress, and no setting makes up for it.`,
      effect: { breaks: ['restarts'], errors: lostConnection },
    };
  },

  absence(evidence) {
    return restartsOf(evidence).counted || cpuPoints(evidence).length > 1
      ? absent('no process was restarted')
      : unseen('restarts: nobody counted them');
  },
};

const instant = ({ run }: Evidence, atMs: number) =>
  new Date(Date.parse(run.startedAt) + Math.max(0, atMs)).toISOString();
