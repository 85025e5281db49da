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
import { certainAbsence, type DiagnosisRule, directSignal, supportingSignal, uncertainAbsence } from './rule.ts';

/** Fewer refused connections than this may be chance. */
const MIN_ERRORS = 5;

/** Returns the restarts according to the counter that rose most. */
function restartsOf({ resources }: Evidence): { times: number; when: Period[]; counted: boolean } {
  const counters = RESTART_COUNTERS.map(([probe, column]) => pointsOf(resources[probe], column));
  const [highest = []] = counters.sort((a, b) => totalIncrease(b) - totalIncrease(a));
  return {
    times: totalIncrease(highest),
    when: counterRises(highest).filter(({ increase }) => increase > 0),
    counted: counters.some((points) => points.length > 1),
  };
}

const cpuPoints = ({ resources }: Evidence) => pointsOf(resources.target, TARGET_COLUMNS.cpuSeconds);

/** Periods in which the CPU counter was reset, which means that another process took over. */
const cpuCounterResets = (evidence: Evidence): Period[] =>
  counterRises(cpuPoints(evidence)).filter(({ wasReset }) => wasReset);

/** Returns false after a crash or restart, because work in progress may be lost. */
export const nothingCrashed = (evidence: Evidence): boolean =>
  evidence.run.outcome === 'completed' && restartsOf(evidence).times === 0 && cpuCounterResets(evidence).length === 0;

const isConnectionError = ({ kind }: ErrorFigures) =>
  kind === 'connection-refused' || kind === 'connection-reset' || kind === 'network';

export const processCrash: DiagnosisRule = {
  cause: 'process-crash',
  title: 'A process crashed or was restarted',
  alternatives: ['memory-leak', 'cpu-saturated', 'database-unavailable'],

  suspect(evidence) {
    const { errors } = evidence;
    const restarts = restartsOf(evidence);
    const resets = cpuCounterResets(evidence);
    const silent = silentPeriods(evidence, cpuPoints(evidence));
    const lost = sumCounts(errors.filter(isConnectionError));
    const refused = sumCounts(errors.filter(({ kind }) => kind === 'connection-refused'));
    const isGone = refused >= MIN_ERRORS && silent.length > 0;
    if (restarts.times === 0 && resets.length === 0 && !isGone) return null;

    const span = spanOf([restarts.when, resets, silent].find((periods) => periods.length > 0) ?? []);
    const resetText = "the target's CPU counter was reset, so another process took over";
    return {
      signals: [
        restarts.times > 0 && directSignal(spanOf(restarts.when), `${pluralize(restarts.times, 'restart')} counted`),
        resets.length > 0 && (restarts.times > 0 ? supportingSignal : directSignal)(spanOf(resets), resetText),
        lost >= MIN_ERRORS &&
          supportingSignal(
            span,
            `${formatCount(lost)} of ${pluralize(sumCounts(errors), 'error')} are refused or dropped connections`,
          ),
        silent.length > 0 && supportingSignal(spanOf(silent), "the target's metrics endpoint did not respond"),
      ],
      recommendation: `Read the target's log from ${isoTime(evidence, span.fromMs)} to ${isoTime(evidence, span.toMs)} to find out why the process ended, and fix that first. A restart loses work in progress, which no configuration change can recover.`,
      effect: { criterionKinds: ['restarts'], matchesError: isConnectionError },
    };
  },

  absence(evidence) {
    return restartsOf(evidence).counted || cpuPoints(evidence).length > 1
      ? certainAbsence('no process was restarted')
      : uncertainAbsence('restarts: no probe counted them');
  },
};

const isoTime = ({ run }: Evidence, atMs: number) =>
  new Date(Date.parse(run.startedAt) + Math.max(0, atMs)).toISOString();
