import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ScalabilityLaw } from '../../evidence/index.ts';
import { seededRandom } from '../../numbers/index.ts';
import { repeat } from '../../testing/evidence.ts';
import { LADDER_USERS } from '../../testing/ladder.ts';
import { capacityOf, fitScalability, throughputAt } from './scalability.ts';

/** Windows of each rung that follow a law, with a relative error of at most `noise`. */
function pointsUnder(law: ScalabilityLaw, { noise = 0, users = LADDER_USERS } = {}) {
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
  const LAWS: [description: string, law: ScalabilityLaw][] = [
    ['neither contention nor coherency', { lambda: 1, sigma: 0, kappa: 0 }],
    ['contention', { lambda: 1.2, sigma: 0.02, kappa: 0 }],
    ['coherency', { lambda: 0.9, sigma: 0, kappa: 0.0001 }],
    ['contention and coherency', { lambda: 2, sigma: 0.01, kappa: 0.00005 }],
  ];
  for (const [description, law] of LAWS)
    test(`the Universal Scalability Law is recovered from points that follow the law: ${description}`, () => {
      const found = fitScalability(pointsUnder(law));
      assert.ok(found);
      close(found.lambda, law.lambda);
      close(found.sigma, law.sigma);
      close(found.kappa, law.kappa);
    });

  test('the fitted parameters are never negative, even if throughput grows faster than the users', () => {
    const found = fitScalability([
      { users: 1, perS: 1 },
      { users: 2, perS: 3 },
      { users: 4, perS: 9 },
    ]);
    assert.ok(found);
    assert.ok(found.lambda > 0 && found.sigma >= 0 && found.kappa >= 0);
  });

  test('the Universal Scalability Law is not fitted to fewer than three numbers of users that have throughput', () => {
    const law = { lambda: 1, sigma: 0, kappa: 0 };
    assert.equal(fitScalability(pointsUnder(law, { users: [50, 100] })), null);
    assert.equal(fitScalability([...pointsUnder(law, { users: [50, 100] }), { users: 200, perS: 0 }]), null);
    assert.equal(capacityOf([]), null);
  });
});

describe('capacity', () => {
  test('the capacity of a ladder is its maximum throughput with an interval, and is reproducible', () => {
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

  test('the capacity of a ladder is not extrapolated beyond twice the last rung', () => {
    const found = capacityOf(pointsUnder({ lambda: 1, sigma: 0, kappa: 0 }));
    assert.equal(found?.limit, 400);
    assert.equal(found?.peakUsers, null);
    assert.equal(found?.growing, true);
    close(found?.perS.value ?? 0, 400);
    close(found?.users.value ?? 0, 400);
  });
});

describe('capacity that every rung reaches', () => {
  test('the capacity is not "still growing" if every rung already reaches it', () => {
    const found = capacityOf(LADDER_USERS.flatMap((users) => repeat(12, { users, perS: 60 })));
    assert.equal(found?.growing, false);
    close(found?.perS.value ?? 0, 60);
    assert.ok((found?.users.value ?? 0) < (found?.from ?? 0));
  });
});
