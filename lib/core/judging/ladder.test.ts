import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { resultOf } from '../testing/evidence.ts';
import { ladderRun, postgresqlDetails } from '../testing/ladder.ts';
import { connectionBudgetOf } from './ladder.ts';

describe('connections', () => {
  const reckoned = (processes: number, maxConnections: number) =>
    connectionBudgetOf(ladderRun({ processes, details: { postgresql: postgresqlDetails(maxConnections) } }));

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
    assert.equal(connectionBudgetOf(ladderRun()), null);
    assert.equal(connectionBudgetOf(resultOf()), null);
  });
});
