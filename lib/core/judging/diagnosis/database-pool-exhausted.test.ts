import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { errorRateBelow, flowSuccessAbove, noTimeouts, percentileBelow } from '../../definition/index.ts';
import type { Evidence, JudgedCriterion } from '../../evidence/index.ts';
import {
  type BySecond,
  diagnosisWithCause,
  failedCriterion,
  flowWithSteps,
  type HealthyRunChanges,
  healthyRunWith,
  secondsBetween,
  testDiagnoses,
  testDiagnosisRule,
} from '../../testing/diagnosis.ts';

const busy = secondsBetween(10, 50);

/**
 * A pool of 20 connections that 100 users exhaust for 40 s of the minute, and that suffices for 20 users before and
 * after. Each request holds its connection for half a second.
 */
function exhausted({
  waiting = 30,
  timeouts = 4,
  meanMs = 700,
  ...parts
}: Omit<HealthyRunChanges, 'meanMs'> & {
  waiting?: number;
  timeouts?: number;
  meanMs?: number;
} = {}): Evidence {
  const held: BySecond = (s) => (busy(s) ? 20 : secondsBetween(0, 60)(s) ? 6 : 0);
  return healthyRunWith({
    vus: (s) => (busy(s) ? 100 : 20),
    requests: (s) => (busy(s) ? 40 : 12),
    ...parts,
    meanMs: (s) => (busy(s) ? meanMs : 100),
    errors:
      timeouts === 0
        ? []
        : [
            {
              kind: 'server-error',
              reason: 'db_pool_timeout',
              code: '503',
              each: (s) => (busy(s) ? timeouts : 0),
            },
          ],
    target: {
      connectionsActive: held,
      connectionsIdle: (s) => 20 - held(s),
      connectionsWaiting: (s) => (busy(s) ? waiting : 0),
      connectionTimeouts: (s) => timeouts * Math.min(40, Math.max(0, s - 10)),
      ...parts.target,
    },
  });
}

describe('an exhausted pool', () => {
  testDiagnosisRule(test, 'database-pool-exhausted', {
    found: {
      'all in use, with waits and timeouts': exhausted(),
      'long waits without timeouts': exhausted({ timeouts: 0 }),
    },
    absent: {
      'short waits without timeouts': exhausted({ timeouts: 0, waiting: 5, meanMs: 130 }),
      'all in use, without waits': exhausted({ timeouts: 0, waiting: 0, meanMs: 100 }),
      'a burst of two seconds': {
        target: {
          connectionsActive: (s) => (secondsBetween(20, 22)(s) ? 20 : 5),
          connectionsWaiting: (s) => (secondsBetween(20, 22)(s) ? 40 : 0),
        },
      },
      'one connection still free': exhausted({
        timeouts: 0,
        target: { connectionsActive: (s) => (busy(s) ? 19 : 6) },
      }),
    },
  });
  testDiagnoses(test, [
    [
      'pool exhausted because sessions wait for a lock',
      exhausted({ postgresql: { waitingForLock: (s) => (busy(s) ? 15 : 0) } }),
      ['database-lock', 'database-pool-exhausted'],
    ],
    [
      'pool exhausted while the CPU is saturated',
      exhausted({
        target: {
          cpuSeconds: (s) => 1 + 0.99 * s,
          eventLoopLagP99Seconds: () => 0.4,
        },
      }),
      ['cpu-saturated', 'database-pool-exhausted'],
    ],
  ]);

  test('the diagnosis of an exhausted pool lists the causes that were ruled out, with numbers', () => {
    assert.deepEqual(diagnosisWithCause('database-pool-exhausted', exhausted()).ruledOut, [
      'CPU or event loop saturated: CPU use was at most 10.0 % of a core per instance, and event loop lag (p99) at most 11.0 ms',
      'Database unavailable: the database responded in all 60 samples, with at most 26 of its 120 connections in use',
      'Sessions wait for database locks: no session waited for a lock, and the database counted 0 deadlocks',
      'Database connections leak: 0 more connections in use after the load than before it',
    ]);
  });
});

describe('the recommended pool size', () => {
  const sizeOf = (evidence: Evidence) =>
    Number(/to about (\d+)\. /.exec(diagnosisWithCause('database-pool-exhausted', evidence).recommendation)?.[1]);

  test("the recommended pool size follows Little's law for the load without queueing", () => {
    // 20 connections serve 36/s, so each is held for 0.556 s. 70 of 100 users send 40/s, so all 100 would send 57/s.
    assert.equal(sizeOf(exhausted()), Math.ceil((40 / 70) * 100 * (20 / 36) * 1.4));
  });

  test('a quarter of the load on a quarter of the pool gets a quarter of the recommended pool size', () => {
    const quarter = exhausted({
      waiting: 7.5,
      timeouts: 1,
      vus: () => 25,
      requests: (s) => (busy(s) ? 10 : 3),
      target: {
        connectionsMax: () => 5,
        connectionsActive: (s) => (busy(s) ? 5 : 1.5),
        connectionsWaiting: (s) => (busy(s) ? 7.5 : 0),
      },
    });
    quarter.generator.vusPlanned = 25;
    assert.ok(Math.abs(sizeOf(quarter) - sizeOf(exhausted()) / 4) <= 1, `${sizeOf(quarter)}`);
  });

  test('the recommended pool size is for all planned users, even if only some were active', () => {
    assert.equal(sizeOf(exhausted({ vus: () => 80 })), Math.ceil((40 / 50) * 100 * (20 / 36) * 1.4));
  });

  test('the recommended pool size uses the measured rate in an open model, because arrivals do not wait', () => {
    assert.equal(sizeOf(exhausted({ workload: { model: 'open' } })), Math.ceil(40 * (20 / 36) * 1.4));
  });

  test('the recommended pool size is at most the number of users plus running jobs', () => {
    const few = (peakVUs: number, parts: Parameters<typeof exhausted>[0] = {}) =>
      exhausted({ workload: { peakVUs }, ...parts });
    assert.equal(sizeOf(few(30)), 30);
    assert.match(
      diagnosisWithCause('database-pool-exhausted', few(30)).recommendation,
      /on average \(Little's law\), but at most 30 can be in use at the same time/,
    );
    const withJobs = few(30, {
      target: {
        connectionsActive: (s) => (busy(s) ? 20 : 6),
        connectionsWaiting: (s) => (busy(s) ? 30 : 0),
        jobsRunning: () => 5,
      },
    });
    assert.equal(sizeOf(withJobs), 35);
    assert.equal(sizeOf(few(20)), sizeOf(exhausted()), 'the pool already has as many connections as users');
  });

  test('the recommended pool size is never below the current size', () => {
    assert.ok(sizeOf(exhausted({ waiting: 1, timeouts: 1 })) > 20);
  });

  test('the recommended pool size is compared with the connection limit of the database', () => {
    const { recommendation } = diagnosisWithCause('database-pool-exhausted', exhausted());
    assert.match(recommendation, /The database has room for them: 26 of 120 connections were in use\.$/);
    const narrow = diagnosisWithCause(
      'database-pool-exhausted',
      exhausted({ postgresql: { maxConnections: () => 40 } }),
    );
    assert.match(
      narrow.recommendation,
      /The database allows 40 connections, of which 26 were in use: raise that limit as well\.$/,
    );
    const unwatched = diagnosisWithCause('database-pool-exhausted', exhausted({ postgresql: null }));
    assert.match(unwatched.recommendation, /Check that the database allows this many/);
  });

  test('the recommended pool size is absent if connections are held longer than usual', () => {
    const held = exhausted({ requests: (s) => (busy(s) ? 8 : 12), timeouts: 1 });
    const { recommendation, evidence, fixable } = diagnosisWithCause('database-pool-exhausted', held);
    assert.match(recommendation, /^Find out why connections are held longer/);
    assert.match(
      evidence.at(-1)?.text ?? '',
      /^evidence against this cause: a connection was held for 2857 ms while the pool was exhausted and for 500 ms/,
    );
    assert.equal(fixable, false);
  });
});

describe('criteria explained by an exhausted pool', () => {
  const p95 = failedCriterion(percentileBelow(0.95, '400ms'));
  const errorRate = failedCriterion(errorRateBelow(0.01));
  const explained = (evidence: Evidence, ...criteria: JudgedCriterion[]) =>
    diagnosisWithCause('database-pool-exhausted', evidence, criteria).explains;

  test('an exhausted pool explains pool timeouts, and slow responses while requests wait', () => {
    assert.deepEqual(explained(exhausted(), p95, errorRate), ['p95', 'error-rate']);
    assert.equal(diagnosisWithCause('database-pool-exhausted', exhausted(), [p95]).fixable, true);
  });

  test('an exhausted pool does not explain a criterion that passes', () => {
    assert.deepEqual(explained(exhausted(), { ...p95, status: 'pass' }), []);
  });

  test('an exhausted pool does not explain responses that were also slow at other times', () => {
    const slow = exhausted();
    slow.windows.p95Ms.fill(500);
    assert.deepEqual(explained(slow, p95), []);
  });

  test('an exhausted pool does not explain errors if more than a tenth of the errors have another cause', () => {
    const evidence = exhausted();
    const otherError = { kind: 'server-error', code: '500', endpoint: 'x', share: 0 } as const;
    evidence.errors.push({ ...otherError, reason: 'internal_error', count: 17 });
    assert.deepEqual(explained(evidence, errorRate), ['error-rate']);
    evidence.errors.push({ ...otherError, reason: 'internal_error', count: 2 });
    assert.deepEqual(explained(evidence, errorRate), []);
  });

  test('an exhausted pool explains client timeouts only during the exhaustion', () => {
    const timedOut = (when: (s: number) => boolean) => ({
      ...healthyRunWith({ errors: [{ kind: 'timeout', code: '1050', each: (s) => (when(s) ? 2 : 0) }] }),
      resources: exhausted().resources,
    });
    const timeouts = failedCriterion(noTimeouts());
    assert.deepEqual(explained(timedOut(busy), timeouts), ['timeouts']);
    assert.deepEqual(explained(timedOut(secondsBetween(0, 60)), timeouts), []);
  });

  test('an exhausted pool explains failed flows, but is then not fixable because work was lost', () => {
    const evidence = exhausted({
      flows: [
        flowWithSteps('order', {
          pay: { ms: 100, failed: { 'no database connection became free in time': 60 } },
        }),
      ],
    });
    const success = failedCriterion(flowSuccessAbove('order', 0.95));
    assert.deepEqual(explained(evidence, success), ['order-success']);
    assert.equal(diagnosisWithCause('database-pool-exhausted', evidence, [success]).fixable, false);
  });

  test('an exhausted pool explains nothing if it may be the consequence of another diagnosed cause', () => {
    const locked = exhausted({ postgresql: { waitingForLock: (s) => (busy(s) ? 15 : 0) } });
    assert.deepEqual(explained(locked, p95, errorRate), []);
  });
});
