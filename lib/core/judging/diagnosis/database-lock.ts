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

/** A single session that waits briefly for a lock is normal. */
const MIN_SESSIONS = 2;
const MIN_SAMPLES = 3;
/** A few deadlocks that are retried do no harm. */
const MIN_DEADLOCKS = 3;
const MIN_USE_FACTOR = 2;

const waitingOf = (evidence: Evidence) =>
  samplesUnderLoad(evidence, pointsOf(evidence.resources.postgresql, POSTGRESQL_COLUMNS.waitingForLock));

const isLocked = ({ value }: SamplePoint) => value >= MIN_SESSIONS;

const deadlocksOf = ({ resources }: Evidence) =>
  totalIncrease(pointsOf(resources.postgresql, POSTGRESQL_COLUMNS.deadlocks));

export const databaseLock: DiagnosisRule = {
  cause: 'database-lock',
  title: 'Sessions wait for database locks',
  alternatives: ['cpu-saturated', 'database-unavailable', 'database-pool-exhausted'],

  suspect(evidence) {
    const samples = waitingOf(evidence);
    const locked = samples.filter(isLocked);
    const waits = locked.length >= MIN_SAMPLES;
    const deadlocks = deadlocksOf(evidence);
    const deadlocked = deadlocks >= MIN_DEADLOCKS;
    if (!waits && !deadlocked) return null;

    const periods = periodsWhere(samples, isLocked);
    const sessions = locked.map(({ value }) => value);
    const maxSessions = Math.max(0, ...sessions);
    return {
      signals: [
        waits &&
          directSignal(
            spanOf(periods),
            `${formatNumber(mean(sessions))} sessions on average (max ${maxSessions}) waited for a lock in ${formatCount(locked.length)} of ${pluralize(samples.length, 'sample')}`,
          ),
        deadlocked && directSignal(wholeRun(evidence), pluralize(deadlocks, 'deadlock')),
        poolUseSignal(evidence, periods),
        slowdownSignal(evidence, withDelayedResponses(periods)),
      ],
      recommendation: deadlocked
        ? `Make all transactions acquire their locks in the same order, and retry those that fail with 40P01: different orders caused ${pluralize(deadlocks, 'deadlock')}.`
        : `Use pg_blocking_pids() to find the session that holds the lock, for which up to ${maxSessions} sessions wait: a long transaction, a migration, or a statement that locks a whole table. Shorten that operation, and set lock_timeout so that blocked statements fail early. A larger pool does not help, because its additional connections would wait for the same lock.`,
      // A session that waits for a lock keeps its connection, so other requests wait for connections.
      effect: poolExhaustionEffect(joinPeriods([...periods, ...poolExhaustedPeriods(evidence)])),
    };
  },

  absence(evidence) {
    const samples = waitingOf(evidence);
    if (samples.length === 0) return uncertainAbsence('database locks: the database was not monitored');
    const maxSessions = Math.max(...samples.map(({ value }) => value));
    const waited = maxSessions === 0 ? 'no session' : `at most ${pluralize(maxSessions, 'session')}`;
    return certainAbsence(
      `${waited} waited for a lock, and the database counted ${pluralize(deadlocksOf(evidence), 'deadlock')}`,
    );
  },
};

/** Extends each period by half its length, because delayed responses arrive after the lock is released. */
const withDelayedResponses = (periods: readonly Period[]) =>
  joinPeriods(periods.map(({ fromMs, toMs }) => ({ fromMs, toMs: toMs + (toMs - fromMs) / 2 })));

function poolUseSignal(evidence: Evidence, periods: readonly Period[]): Signal | null {
  const active = samplesUnderLoad(evidence, pointsOf(evidence.resources.target, TARGET_COLUMNS.connectionsActive));
  const isLockedAt = ({ atMs }: SamplePoint) => periods.some(({ fromMs, toMs }) => fromMs <= atMs && atMs < toMs);
  const inUse = mean(active.filter(isLockedAt).map(({ value }) => value));
  const usual = mean(active.filter((point) => !isLockedAt(point)).map(({ value }) => value));
  if (!(inUse >= MIN_USE_FACTOR * usual)) return null;
  return supportingSignal(
    spanOf(periods),
    `${formatCount(inUse)} connections of the pool were in use during the waits, compared with ${formatCount(usual)} at other times`,
  );
}
