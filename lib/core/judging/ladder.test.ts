import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { resultOf } from '../testing/evidence.ts';
import { ladderRun, postgresqlDetails } from '../testing/ladder.ts';
import { connectionBudgetOf } from './ladder.ts';

describe('connection budget', () => {
  const budgetOf = (processes: number, maxConnections: number) =>
    connectionBudgetOf(ladderRun({ processes, details: { postgresql: postgresqlDetails(maxConnections) } }));

  const CASES: [processes: number, limit: number, fits: boolean, most: number][] = [
    [1, 150, true, 140],
    [2, 150, false, 70],
    [2, 210, true, 100],
    [2, 5, false, 0],
  ];
  for (const [processes, limit, fits, most] of CASES)
    test(`connection budget of ${processes} × 100 connections with a limit of ${limit}: ${fits ? 'fits' : 'too many connections'}`, () => {
      const wanted = 100 * processes;
      assert.deepEqual(budgetOf(processes, limit), {
        processes,
        pool: 100,
        wanted,
        limit,
        reserve: 10,
        fits,
        most,
      });
    });

  test('the connection budget is null if the pool size or the limit of the database is unknown', () => {
    assert.equal(connectionBudgetOf(ladderRun()), null);
    assert.equal(connectionBudgetOf(resultOf()), null);
  });
});
