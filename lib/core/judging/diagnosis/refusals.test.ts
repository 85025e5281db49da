import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { errorRateBelow } from '../../definition/index.ts';
import type { Cause, Evidence } from '../../evidence/index.ts';
import type { ErrorKind } from '../../metrics/index.ts';
import {
  type BySecond,
  diagnosisWithCause,
  failedCriterion,
  type HealthyRunChanges,
  healthyRunWith,
  ITEMS_ENDPOINT,
  ORDERS_ENDPOINT,
  testDiagnosisRule,
} from '../../testing/diagnosis.ts';
import { endpointFigures, repeat } from '../../testing/evidence.ts';

const REFUSALS: Record<string, { cause: Cause; code: string }> = {
  'rate-limited': { cause: 'rate-limited', code: '429' },
  authentication: { cause: 'authentication-failing', code: '401' },
  'not-found': { cause: 'route-missing', code: '404' },
};
const refused = (kind: string, each: BySecond, parts: HealthyRunChanges = {}): Evidence =>
  healthyRunWith({
    errors: [{ kind: kind as ErrorKind, code: REFUSALS[kind]?.code ?? '', each, endpoint: ORDERS_ENDPOINT }],
    ...parts,
  });

for (const [kind, { cause }] of Object.entries(REFUSALS)) {
  describe(`requests refused as ${kind}`, () => {
    testDiagnosisRule(test, cause, {
      found: {
        'half of the requests, from the middle of the run on': refused(kind, (s) => (s < 30 ? 0 : 25)),
        'one in a hundred requests': refused(kind, (s) => (s % 2 === 0 ? 1 : 0)),
      },
      absent: {
        'fewer than one in a hundred requests': refused(kind, (s) => (s % 3 === 0 ? 1 : 0)),
        'only refusals that the test expects': {
          ...healthyRunWith(),
          statuses: { 200: 2900, 401: 50, 404: 25, 429: 25 },
        },
        'as many errors of another kind': { errors: [{ kind: 'client-error', code: '400', each: () => 20 }] },
      },
    });

    test('refusals explain the errors only if nearly all errors are refusals', () => {
      const criterion = failedCriterion(errorRateBelow(0.01));
      const evidence = refused(kind, () => 10);
      assert.deepEqual(diagnosisWithCause(cause, evidence, [criterion]).explains, ['error-rate']);
      const otherError = {
        kind: 'client-error',
        code: '400',
        reason: 'x',
        endpoint: ITEMS_ENDPOINT,
      } as const;
      evidence.errors.push({ ...otherError, count: 90, share: 0 });
      assert.deepEqual(diagnosisWithCause(cause, evidence, [criterion]).explains, []);
    });
  });
}

describe('a rate limit', () => {
  const limited = (each: number, parts: HealthyRunChanges = {}) =>
    diagnosisWithCause(
      'rate-limited',
      refused('rate-limited', () => each, parts),
    );

  test('a rate limit is reported with the accepted and the sent rate', () => {
    assert.match(
      limited(30).recommendation,
      /^Raise the rate limit from about 20\.0\/s to at least 60\.0\/s, or .*\. The test sent 50\.0\/s/,
    );
  });

  test('a rate limit is fixable only if it let most of the load through', () => {
    assert.deepEqual([limited(4).fixable, limited(30).fixable], [true, false]);
  });

  test('a rate limit has lower confidence if the target is saturated', () => {
    assert.ok(limited(30, { target: { cpuSeconds: (s) => 0.99 * s } }).confidence < limited(30).confidence);
  });
});

describe('refused credentials', () => {
  test('refused credentials get different recommendations if refused from the start or from later on', () => {
    const refusing = (each: BySecond) =>
      diagnosisWithCause('authentication-failing', refused('authentication', each)).recommendation;
    assert.match(
      refusing(() => 40),
      /^Give the test valid credentials for this deployment: POST \/orders refused them from the start/,
    );
    assert.match(
      refusing((s) => (s < 30 ? 0 : 40)),
      /^Find out why the credentials stopped working 30s after the start/,
    );
  });
});

describe('404 responses', () => {
  test('404 responses point to a missing route if an endpoint gets mostly 404s, and otherwise to missing records', () => {
    const orders = (each: number) => {
      const evidence = refused('not-found', () => each);
      evidence.endpoints = [
        endpointFigures(ITEMS_ENDPOINT, { values: repeat(2400, 100) }),
        endpointFigures(ORDERS_ENDPOINT, { values: repeat(600, 100) }),
      ];
      return diagnosisWithCause('route-missing', evidence);
    };
    assert.match(orders(10).recommendation, /Not found: POST \/orders\.$/);
    assert.match(
      orders(1).recommendation,
      /^Compare the ids .* Not found: 10\.0 % of the requests to POST \/orders\.$/,
    );
    assert.ok(orders(1).confidence < orders(10).confidence);
  });
});
