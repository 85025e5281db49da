import {
  type Evidence,
  POSTGRESQL_COLUMNS,
  pointsOf,
  type SamplePoint,
  TARGET_COLUMNS,
  totalIncrease,
} from '../../evidence/index.ts';
import { formatCount, formatNumber, mean, pluralize } from '../../numbers/index.ts';
import { poolExhaustedPeriods, poolExhaustionEffect } from './database-pool-exhausted.ts';
import { joinPeriods, type Period, periodsWhere, samplesUnderLoad, spanOf, wholeRun } from './periods.ts';
import {
  certainAbsence,
  type DiagnosisRule,
  directSignal,
  type Signal,
  slowdownSignal,
  supportingSignal,
  uncertainAbsence,
} from './rule.ts';

/** A session that waits for another for a moment is what locks are for. */
const FEWEST_SESSIONS = 2;
const FEWEST_SAMPLES = 3;
/** One deadlock that is retried harms nobody. */
const FEWEST_DEADLOCKS = 3;
const MANY_TIMES = 2;

const waitingOf = (evidence: Evidence) =>
  samplesUnderLoad(evidence, pointsOf(evidence.resources.postgresql, POSTGRESQL_COLUMNS.waitingForLock));

const isLocked = ({ value }: SamplePoint) => value >= FEWEST_SESSIONS;

const deadlocksOf = ({ resources }: Evidence) =>
  totalIncrease(pointsOf(resources.postgresql, POSTGRESQL_COLUMNS.deadlocks));

export const databaseLock: DiagnosisRule = {
  cause: 'database-lock',
  title: 'Sessions wait for database locks',
  alternatives: ['cpu-saturated', 'database-unavailable', 'database-pool-exhausted'],

  suspect(evidence) {
    const samples = waitingOf(evidence);
    const locked = samples.filter(isLocked);
    const waits = locked.length >= FEWEST_SAMPLES;
    const deadlocks = deadlocksOf(evidence);
    const deadlocked = deadlocks >= FEWEST_DEADLOCKS;
    if (!waits && !deadlocked) return null;

    const stretches = periodsWhere(samples, isLocked);
    const sessions = locked.map(({ value }) => value);
    const most = Math.max(0, ...sessions);
    return {
      signals: [
        waits &&
          directSignal(
            spanOf(stretches),
            `${formatNumber(mean(sessions))} sessions waited for a lock on average, at most ${most}, in ${formatCount(locked.length)} of ${pluralize(samples.length, 'sample')}`,
          ),
        deadlocked && directSignal(wholeRun(evidence), pluralize(deadlocks, 'deadlock')),
        moreInUse(evidence, stretches),
        slowdownSignal(evidence, withAnswers(stretches)),
      ],
      recommendation: deadlocked
        ? `Let transactions take their locks in one order, and repeat those that fail with 40P01: ${pluralize(deadlocks, 'deadlock')} came of different orders.`
        : `Find who holds the lock with pg_blocking_pids() while at most ${most} sessions wait for it: a long transaction, a migration, or a statement that locks a whole table. Make it short, and set lock_timeout so that it gives way. More connections would wait as well.`,
      // Who waits for a lock keeps a connection, and others then wait for that.
      effect: poolExhaustionEffect(joinPeriods([...stretches, ...poolExhaustedPeriods(evidence)])),
    };
  },

  absence(evidence) {
    const samples = waitingOf(evidence);
    if (samples.length === 0) return uncertainAbsence('locks of the database: it was not watched');
    const most = Math.max(...samples.map(({ value }) => value));
    const waited = most === 0 ? 'no session' : `at most ${pluralize(most, 'session')}`;
    return certainAbsence(
      `${waited} waited for a lock, and ${pluralize(deadlocksOf(evidence), 'deadlock')} counted`,
    );
  },
};

/** Answers that had to wait come when the lock is gone. */
const withAnswers = (stretches: readonly Period[]) =>
  joinPeriods(stretches.map(({ fromMs, toMs }) => ({ fromMs, toMs: toMs + (toMs - fromMs) / 2 })));

function moreInUse(evidence: Evidence, stretches: readonly Period[]): Signal | null {
  const active = samplesUnderLoad(
    evidence,
    pointsOf(evidence.resources.target, TARGET_COLUMNS.connectionsActive),
  );
  const isMeanwhile = ({ atMs }: SamplePoint) =>
    stretches.some(({ fromMs, toMs }) => fromMs <= atMs && atMs < toMs);
  const inUse = mean(active.filter(isMeanwhile).map(({ value }) => value));
  const usual = mean(active.filter((point) => !isMeanwhile(point)).map(({ value }) => value));
  if (!(inUse >= MANY_TIMES * usual)) return null;
  return supportingSignal(
    spanOf(stretches),
    `${formatCount(inUse)} connections of the pool were in use meanwhile, and ${formatCount(usual)} at other times`,
  );
}
