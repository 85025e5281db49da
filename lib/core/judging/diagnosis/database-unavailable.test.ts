import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { errorRateBelow } from '../../definition/index.ts';
import {
  diagnosisWithCause,
  failedCriterion,
  type HealthyRunChanges,
  healthyRunWith,
  secondsBetween,
  testDiagnosisRule,
} from '../../testing/diagnosis.ts';

const away = secondsBetween(20, 26);
const failing = (reason: string, when = away): HealthyRunChanges['errors'] => [
  { kind: 'server-error', code: '503', reason, each: (s) => (when(s) ? 45 : 0) },
];
const emptied = {
  connectionsActive: (s: number) => (away(s) ? 0 : 5),
  connectionsIdle: (s: number) => (away(s) ? 0 : 15),
};

describe('a database that cannot be reached', () => {
  testDiagnosisRule(test, 'database-unavailable', {
    found: {
      'said by errors, with a silent probe and an empty pool': {
        errors: failing('database_unavailable'),
        databaseSilent: away,
        target: emptied,
      },
      'said by errors alone': { errors: failing('database_unavailable'), postgresql: null },
      'seen by the probe, while errors say nothing of it': {
        errors: failing('internal_error'),
        databaseSilent: away,
      },
    },
    absent: {
      'errors that say something else': { errors: failing('internal_error'), postgresql: null },
      'errors at other times than the probe was silent': {
        errors: failing('internal_error', secondsBetween(40, 46)),
        databaseSilent: away,
      },
      'a probe that was silent, and nothing fails': { databaseSilent: away },
      'a few errors': {
        errors: [{ kind: 'server-error', reason: 'database_unavailable', each: (s) => (s === 20 ? 4 : 0) }],
      },
    },
  });

  test('accounts for its errors, and no setting mends it', () => {
    const criterion = failedCriterion(errorRateBelow(0.01));
    for (const reason of ['database_unavailable', 'internal_error']) {
      const evidence = healthyRunWith({ errors: failing(reason), databaseSilent: away });
      const { explains, fixable, recommendation } = diagnosisWithCause('database-unavailable', evidence, [
        criterion,
      ]);
      assert.deepEqual([explains, fixable], [['error-rate'], false]);
      assert.match(recommendation, /from 20s to 27s of the run/);
    }
  });
});
