import {
  counterRises,
  type ErrorFigures,
  type Evidence,
  pointsOf,
  RESTART_COUNTERS,
  TARGET_COLUMNS,
  totalIncrease,
} from '../../evidence/index.ts';
import { formatCount, pluralize } from '../../numbers/index.ts';
import { sumCounts } from './flow-failures.ts';
import { type Period, silentPeriods, spanOf } from './periods.ts';
import {
  certainAbsence,
  type DiagnosisRule,
  directSignal,
  supportingSignal,
  uncertainAbsence,
} from './rule.ts';

/** Fewer connections than this may be refused by chance. */
const FEWEST_ERRORS = 5;

/** By the counter that rose most. */
function restartsOf({ resources }: Evidence): { times: number; when: Period[]; counted: boolean } {
  const counters = RESTART_COUNTERS.map(([probe, column]) => pointsOf(resources[probe], column));
  const [most = []] = counters.sort((a, b) => totalIncrease(b) - totalIncrease(a));
  return {
    times: totalIncrease(most),
    when: counterRises(most).filter(({ increase: by }) => by > 0),
    counted: counters.some((points) => points.length > 1),
  };
}

const cpuPoints = ({ resources }: Evidence) => pointsOf(resources.target, TARGET_COLUMNS.cpuSeconds);

/** When a counter of the process fell: it is another one since. */
const begunAnew = (evidence: Evidence): Period[] =>
  counterRises(cpuPoints(evidence)).filter(({ wasReset: anew }) => anew);

/** Something may be lost where there was a crash, whatever else mends the run. */
export const nothingCrashed = (evidence: Evidence): boolean =>
  evidence.run.outcome === 'completed' &&
  restartsOf(evidence).times === 0 &&
  begunAnew(evidence).length === 0;

const lostConnection = ({ kind }: ErrorFigures) =>
  kind === 'connection-refused' || kind === 'connection-reset' || kind === 'network';

export const processCrash: DiagnosisRule = {
  cause: 'process-crash',
  title: 'A process crashed or was restarted',
  alternatives: ['memory-leak', 'cpu-saturated', 'database-unavailable'],

  suspect(evidence) {
    const { errors } = evidence;
    const restarts = restartsOf(evidence);
    const anew = begunAnew(evidence);
    const silent = silentPeriods(evidence, cpuPoints(evidence));
    const lost = sumCounts(errors.filter(lostConnection));
    const refused = sumCounts(errors.filter(({ kind }) => kind === 'connection-refused'));
    const isGone = refused >= FEWEST_ERRORS && silent.length > 0;
    if (restarts.times === 0 && anew.length === 0 && !isGone) return null;

    const span = spanOf([restarts.when, anew, silent].find((stretches) => stretches.length > 0) ?? []);
    const isAnother = "the target's CPU counter began anew: what answers is another process";
    return {
      signals: [
        restarts.times > 0 &&
          directSignal(spanOf(restarts.when), `${pluralize(restarts.times, 'restart')} counted`),
        anew.length > 0 && (restarts.times > 0 ? supportingSignal : directSignal)(spanOf(anew), isAnother),
        lost >= FEWEST_ERRORS &&
          supportingSignal(
            span,
            `${formatCount(lost)} of ${pluralize(sumCounts(errors), 'error')} are connections that were refused or broke off`,
          ),
        silent.length > 0 && supportingSignal(spanOf(silent), "the target's metrics did not answer"),
      ],
      recommendation: `Read the target's log of ${instant(evidence, span.fromMs)} to ${instant(evidence, span.toMs)} for how the process ended, and mend that first: a restart loses what was in progress, and no setting makes up for it.`,
      effect: { criterionKinds: ['restarts'], matchesError: lostConnection },
    };
  },

  absence(evidence) {
    return restartsOf(evidence).counted || cpuPoints(evidence).length > 1
      ? certainAbsence('no process was restarted')
      : uncertainAbsence('restarts: nobody counted them');
  },
};

const instant = ({ run }: Evidence, atMs: number) =>
  new Date(Date.parse(run.startedAt) + Math.max(0, atMs)).toISOString();
