import {
  type Evidence,
  increaseOf,
  POSTGRESQL_COLUMNS,
  type Point,
  pointsOf,
  TARGET_COLUMNS,
} from '../../evidence/index.ts';
import { count, formatCount, formatNumber, mean } from '../../numbers/index.ts';
import { exhaustion, exhaustionEffect } from './database-pool-exhausted.ts';
import { absent, fits, type Rule, type Signal, says, slowerWhile, unseen } from './rule.ts';
import { joined, type Stretch, spanOf, stretchesOf, underLoad, wholeRun } from './stretches.ts';

/** A session that waits for another for a moment is what locks are for. */
const FEWEST_SESSIONS = 2;
const FEWEST_SAMPLES = 3;
/** One deadlock that is retried harms nobody. */
const FEWEST_DEADLOCKS = 3;
const MANY_TIMES = 2;

const waitingOf = (evidence: Evidence) =>
  underLoad(evidence, pointsOf(evidence.resources.postgresql, POSTGRESQL_COLUMNS.waitingForLock));

const isLocked = ({ value }: Point) => value >= FEWEST_SESSIONS;

const deadlocksOf = ({ resources }: Evidence) =>
  increaseOf(pointsOf(resources.postgresql, POSTGRESQL_COLUMNS.deadlocks));

export const databaseLock: Rule = {
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

    const stretches = stretchesOf(samples, isLocked);
    const sessions = locked.map(({ value }) => value);
    const most = Math.max(0, ...sessions);
    return {
      signals: [
        waits &&
          says(
            spanOf(stretches),
            `${formatNumber(mean(sessions))} sessions waited for a lock on average, at most ${most}, in ${formatCount(locked.length)} of ${count(samples.length, 'sample')}`,
          ),
        deadlocked && says(wholeRun(evidence), count(deadlocks, 'deadlock')),
        moreInUse(evidence, stretches),
        slowerWhile(evidence, withAnswers(stretches)),
      ],
      recommendation: deadlocked
        ? `Let transactions take their locks in one order, and repeat those that fail with 40P01: ${count(deadlocks, 'deadlock')} came of different orders.`
        : `Find who holds the lock with pg_blocking_pids() while at most ${most} sessions wait for it: a long transaction, a migration, or a statement that locks a whole table. Make it short, and set lock_timeout so that it gives way. More connections would wait as well.`,
      // Who waits for a lock keeps a connection, and others then wait for that.
      effect: exhaustionEffect(joined([...stretches, ...exhaustion(evidence)])),
    };
  },

  absence(evidence) {
    const samples = waitingOf(evidence);
    if (samples.length === 0) return unseen('locks of the database: it was not watched');
    const most = Math.max(...samples.map(({ value }) => value));
    const waited = most === 0 ? 'no session' : `at most ${count(most, 'session')}`;
    return absent(`${waited} waited for a lock, and ${count(deadlocksOf(evidence), 'deadlock')} counted`);
  },
};

/** Answers that had to wait come when the lock is gone. */
const withAnswers = (stretches: readonly Stretch[]) =>
  joined(stretches.map(({ fromMs, toMs }) => ({ fromMs, toMs: toMs + (toMs - fromMs) / 2 })));

function moreInUse(evidence: Evidence, stretches: readonly Stretch[]): Signal | null {
  const active = underLoad(evidence, pointsOf(evidence.resources.target, TARGET_COLUMNS.connectionsActive));
  const isMeanwhile = ({ atMs }: Point) =>
    stretches.some(({ fromMs, toMs }) => fromMs <= atMs && atMs < toMs);
  const inUse = mean(active.filter(isMeanwhile).map(({ value }) => value));
  const usual = mean(active.filter((point) => !isMeanwhile(point)).map(({ value }) => value));
  if (!(inUse >= MANY_TIMES * usual)) return null;
  return fits(
    spanOf(stretches),
    `${formatCount(inUse)} connections of the pool were in use meanwhile, and ${formatCount(usual)} at other times`,
  );
}
