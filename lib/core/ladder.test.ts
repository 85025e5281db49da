import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  capacityOf,
  carriedUsers,
  connectionsOf,
  fitScalability,
  loadPointsOf,
  rungsOf,
  type ScalabilityLaw,
  throughputAt,
} from './ladder.ts';
import { seededRandom } from './random.ts';
import { PM2_COLUMNS, TARGET_COLUMNS } from './resources.ts';
import type { Result } from './result.ts';
import {
  diagnosis,
  evenWindows,
  instants,
  judgedCriterion,
  phaseFigures,
  repeat,
  resultOf,
  samplesOf,
} from './testing.ts';
import { FULL_SCALE, ladder } from './workloads.ts';

const USERS = [50, 100, 200];
const { phases, ...workload } = ladder(USERS, { ramp: '10s', hold: '60s' })(FULL_SCALE);
const WINDOW_MS = 5000;
const TOTAL_MS = workload.durationMs;
const HOLDS = phases.filter(({ name }) => name.startsWith('users-'));

/** A ladder on two cores whose target uses as many of them as this, from so many processes. */
function climbed({
  cores = 0.5,
  processes = 1,
  ...parts
}: { cores?: number; processes?: number } & Parameters<typeof resultOf>[0] = {}): Result {
  const atMs = instants(0, TOTAL_MS + 1, WINDOW_MS);
  return resultOf({
    phases: phases.map((phase) => phaseFigures(phase, { values: repeat(600, 90) })),
    windows: evenWindows(TOTAL_MS / WINDOW_MS, WINDOW_MS, {
      requests: repeat(TOTAL_MS / WINDOW_MS, 300),
      errors: repeat(TOTAL_MS / WINDOW_MS, 50),
    }),
    resources: {
      target: samplesOf(atMs, {
        [TARGET_COLUMNS.cpuSeconds]: (ms) => (cores * ms) / 1000,
        [TARGET_COLUMNS.connectionsMax]: () => 100 * processes,
      }),
      pm2: samplesOf(atMs, { [PM2_COLUMNS.online]: () => processes }),
    },
    ...parts,
    run: { workload: { ...workload, phases }, ...parts.run },
  });
}

const column = <Key extends keyof ReturnType<typeof rungsOf>[number]>(result: Result, key: Key) =>
  rungsOf(result).map((rung) => rung[key]);

describe('rungs', () => {
  test('are the holds of a ladder, and of nothing else', () => {
    assert.deepEqual(column(climbed(), 'users'), USERS);
    assert.deepEqual(rungsOf(resultOf()), []);
  });

  test('tell what share was right, and how many a second', () => {
    const failing = phases.map((phase) =>
      phaseFigures(phase, { values: repeat(600, 90), errors: phase.name === 'users-100' ? 300 : 0 }),
    );
    const result = climbed({ phases: failing });
    assert.deepEqual(column(result, 'success'), [1, 0.5, 1]);
    assert.deepEqual(column(result, 'perS'), [10, 5, 10]);
    assert.deepEqual(column(result, 'issue'), [null, 'requests fail', null]);
  });

  test('without a request have no figures', () => {
    const [rung] = rungsOf(climbed({ phases: HOLDS.map((phase) => phaseFigures(phase, { values: [] })) }));
    assert.deepEqual([rung?.success, rung?.p95Ms, rung?.p99Ms, rung?.perS], [null, null, null, 0]);
  });

  const ISSUES: [what: string, parts: Parameters<typeof climbed>[0], issue: string | null][] = [
    ['one of two cores', { cores: 0.98 }, 'one core busy of 2'],
    ['both', { cores: 1.8, processes: 2 }, 'all 2 cores busy'],
    ['one core, of two processes', { cores: 1, processes: 2 }, null],
    ['half a core', {}, null],
    ['one core of who knows how many', { cores: 1, run: { environment: 'staging' } }, 'one core busy'],
    ['no CPU that was seen', { resources: {} }, null],
    [
      'no CPU, and a cause',
      { diagnosis: [diagnosis({ confidence: 0.5, title: 'Other' }), diagnosis({ evidence: whenever() })] },
      'Database pool exhausted',
    ],
  ];
  for (const [what, parts, issue] of ISSUES)
    test(`busy: ${what}: ${issue}`, () => assert.equal(column(climbed(parts), 'issue')[2], issue));

  test('CPU is told by PM2 where the target does not tell it', () => {
    const pm2 = samplesOf(instants(0, TOTAL_MS, WINDOW_MS), {
      [PM2_COLUMNS.online]: () => 1,
      [PM2_COLUMNS.cpuShare]: (ms) => (ms <= 70_000 ? 0.5 : 1),
    });
    const result = climbed({ resources: { pm2 } });
    assert.deepEqual(column(result, 'cores'), [0.5, 1, 1]);
    assert.deepEqual(column(result, 'issue'), [null, 'one core busy of 2', 'one core busy of 2']);
  });

  test('are carried up to the first that breaks a promise', () => {
    const breaking = (phase: string) =>
      climbed({ criteria: [judgedCriterion(), judgedCriterion({ phases: [phase], status: 'fail' })] });
    assert.equal(carriedUsers(rungsOf(climbed())), 200);
    assert.equal(carriedUsers(rungsOf(breaking('users-200'))), 100);
    assert.equal(carriedUsers(rungsOf(breaking('users-50'))), null);
    assert.equal(carriedUsers([]), null);
  });

  test('give a point for each window within them', () => {
    const result = climbed();
    const points = loadPointsOf(result, rungsOf(result));
    assert.equal(points.length, USERS.length * 12);
    assert.deepEqual(points[0], { users: 50, perS: 50 });
  });
});

/** From the first to the last instant. */
function whenever() {
  return [{ text: 'always', fromMs: 0, toMs: TOTAL_MS }];
}

/** Windows of each rung under a law, each off by at most a share of it. */
function pointsUnder(law: ScalabilityLaw, { noise = 0, users = USERS } = {}) {
  const random = seededRandom(1);
  return users.flatMap((count) =>
    Array.from({ length: 12 }, () => ({
      users: count,
      perS: throughputAt(law, count) * (1 + noise * (2 * random() - 1)),
    })),
  );
}

const close = (value: number, expected: number, tolerance = 1e-6) =>
  assert.ok(Math.abs(value - expected) <= tolerance * Math.max(1, expected), `${value}, not ${expected}`);

describe('the Universal Scalability Law', () => {
  const LAWS: [what: string, law: ScalabilityLaw][] = [
    ['neither contention nor coherency', { lambda: 1, sigma: 0, kappa: 0 }],
    ['contention', { lambda: 1.2, sigma: 0.02, kappa: 0 }],
    ['coherency', { lambda: 0.9, sigma: 0, kappa: 0.0001 }],
    ['both', { lambda: 2, sigma: 0.01, kappa: 0.00005 }],
  ];
  for (const [what, law] of LAWS)
    test(`is found again: ${what}`, () => {
      const found = fitScalability(pointsUnder(law));
      assert.ok(found);
      close(found.lambda, law.lambda);
      close(found.sigma, law.sigma);
      close(found.kappa, law.kappa);
    });

  test('has no negative parameter, whatever was measured', () => {
    const found = fitScalability([
      { users: 1, perS: 1 },
      { users: 2, perS: 3 },
      { users: 4, perS: 9 },
    ]);
    assert.ok(found);
    assert.ok(found.lambda > 0 && found.sigma >= 0 && found.kappa >= 0);
  });

  test('is not fitted to fewer than three numbers of users that had an answer', () => {
    const law = { lambda: 1, sigma: 0, kappa: 0 };
    assert.equal(fitScalability(pointsUnder(law, { users: [50, 100] })), null);
    assert.equal(fitScalability([...pointsUnder(law, { users: [50, 100] }), { users: 200, perS: 0 }]), null);
    assert.equal(capacityOf([]), null);
  });
});

describe('capacity', () => {
  test('is where throughput is highest, with an interval around it, and the same each time', () => {
    const law = { lambda: 1, sigma: 0.005, kappa: 0.0001 };
    const points = pointsUnder(law, { noise: 0.05 });
    const found = capacityOf(points);
    assert.ok(found);
    const peak = Math.sqrt((1 - law.sigma) / law.kappa);
    close(found.peakUsers ?? 0, peak, 0.15);
    close(found.perS.value, throughputAt(law, peak), 0.05);
    for (const { value, interval } of [found.perS, found.users])
      assert.ok(interval.low < value && value < interval.high && interval.high < 1.5 * interval.low);
    assert.deepEqual(capacityOf(points), found);
  });

  test('is not looked for beyond twice the last rung', () => {
    const found = capacityOf(pointsUnder({ lambda: 1, sigma: 0, kappa: 0 }));
    assert.equal(found?.limit, 400);
    assert.equal(found?.peakUsers, null);
    assert.equal(found?.growing, true);
    close(found?.perS.value ?? 0, 400);
    close(found?.users.value ?? 0, 400);
  });
});

describe('capacity that is reached on every rung', () => {
  test('grows no more', () => {
    const found = capacityOf(USERS.flatMap((users) => repeat(12, { users, perS: 60 })));
    assert.equal(found?.growing, false);
    close(found?.perS.value ?? 0, 60);
    assert.ok((found?.users.value ?? 0) < (found?.from ?? 0));
  });
});

describe('connections', () => {
  const server = {
    version: '18',
    cacheHitRate: null,
    commits: 0,
    rollbacks: 0,
    deadlocks: 0,
    queries: null,
    indexes: [],
  };
  const reckoned = (processes: number, maxConnections: number) =>
    connectionsOf(climbed({ processes, details: { postgresql: { ...server, maxConnections } } }));

  const CASES: [processes: number, limit: number, fits: boolean, most: number][] = [
    [1, 150, true, 140],
    [2, 150, false, 70],
    [2, 210, true, 100],
    [2, 5, false, 0],
  ];
  for (const [processes, limit, fits, most] of CASES)
    test(`${processes} × 100 of ${limit}: ${fits ? 'they fit' : 'too many'}`, () => {
      const wanted = 100 * processes;
      assert.deepEqual(reckoned(processes, limit), {
        processes,
        pool: 100,
        wanted,
        limit,
        reserve: 10,
        fits,
        most,
      });
    });

  test('are not reckoned where either side was not seen', () => {
    assert.equal(connectionsOf(climbed()), null);
    assert.equal(connectionsOf(resultOf()), null);
  });
});
