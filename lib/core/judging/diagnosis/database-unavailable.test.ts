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

const outage = secondsBetween(20, 26);
const failing = (reason: string, when = outage): HealthyRunChanges['errors'] => [
  { kind: 'server-error', code: '503', reason, each: (s) => (when(s) ? 45 : 0) },
];
const emptied = {
  connectionsActive: (s: number) => (outage(s) ? 0 : 5),
  connectionsIdle: (s: number) => (outage(s) ? 0 : 15),
};

describe('an unavailable database', () => {
  testDiagnosisRule(test, 'database-unavailable', {
    found: {
      'reported by errors, with a silent probe and an empty pool': {
        errors: failing('database_unavailable'),
        databaseSilent: outage,
        target: emptied,
      },
      'reported by errors only': { errors: failing('database_unavailable'), postgresql: null },
      'noticed by the probe, with unspecific errors': {
        errors: failing('internal_error'),
        databaseSilent: outage,
      },
    },
    absent: {
      'errors with another reason': { errors: failing('internal_error'), postgresql: null },
      'errors at other times than the silence of the probe': {
        errors: failing('internal_error', secondsBetween(40, 46)),
        databaseSilent: outage,
      },
      'a silent probe without errors': { databaseSilent: outage },
      'a few errors': {
        errors: [{ kind: 'server-error', reason: 'database_unavailable', each: (s) => (s === 20 ? 4 : 0) }],
      },
    },
  });

  test('an unavailable database explains the database errors, and is not fixable by configuration', () => {
    const criterion = failedCriterion(errorRateBelow(0.01));
    for (const reason of ['database_unavailable', 'internal_error']) {
      const evidence = healthyRunWith({ errors: failing(reason), databaseSilent: outage });
      const { explains, fixable, recommendation } = diagnosisWithCause('database-unavailable', evidence, [criterion]);
      assert.deepEqual([explains, fixable], [['error-rate'], false]);
      assert.match(recommendation, /from 20s to 27s of the run/);
    }
  });
});
