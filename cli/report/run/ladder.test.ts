import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { FULL_SCALE, ladder } from '../../../lib/core/definition/index.ts';
import { type Result, TARGET_COLUMNS } from '../../../lib/core/evidence/index.ts';
import { assessed } from '../../../lib/core/judging/index.ts';
import {
  evenWindows,
  instants,
  judgedCriterion,
  phaseFigures,
  repeat,
  resultOf,
  samplesOf,
} from '../../../lib/core/testing/evidence.ts';
import { databaseOf } from '../../../lib/core/testing/ladder.ts';
import { terminalReport } from '../terminal.ts';
import { ladderSection } from './ladder.ts';

const WINDOW_MS = 5000;

/** One core of two, busy from 100 users on, where a promise is broken. */
function climbed(rungs: number[] = [50, 100, 200], parts: Partial<Result> = {}): Result {
  const { phases, ...workload } = ladder(rungs, { ramp: '10s', hold: '60s' })(FULL_SCALE);
  const windows = workload.durationMs / WINDOW_MS;
  return assessed(
    resultOf({
      run: { workload: { ...workload, phases }, labels: { mode: 'single' } },
      phases: phases.map((phase) => phaseFigures(phase, { values: repeat(600, 90) })),
      windows: evenWindows(windows, WINDOW_MS, {
        requests: repeat(windows, 300),
        errors: repeat(windows, 0),
      }),
      resources: {
        target: samplesOf(instants(0, workload.durationMs + 1, WINDOW_MS), {
          [TARGET_COLUMNS.cpuSeconds]: (ms) => (ms < 70_000 ? ms / 2000 : 35 + (ms - 70_000) / 1000),
          [TARGET_COLUMNS.connectionsMax]: () => 20,
        }),
      },
      criteria: [judgedCriterion({ phases: ['users-100'], status: 'fail' })],
      ...parts,
    }),
  );
}

const blocksOf = (result: Result) => ladderSection(result)?.blocks ?? [];
const textsOf = (result: Result) =>
  blocksOf(result).flatMap((block) => (block.kind === 'text' ? block.text : []));
const absentOf = (result: Result) =>
  blocksOf(result).flatMap((block) => (block.kind === 'absent' ? block.why : []));

describe('the ladder', () => {
  test('is there for ladders alone', () => {
    assert.equal(ladderSection(resultOf()), null);
    assert.deepEqual(absentOf(climbed([50], { phases: [] })), ['No rung of the ladder was measured.']);
  });

  test('has a row a rung, with what stands in the way', () => {
    const [table] = blocksOf(climbed());
    assert.ok(table?.kind === 'table');
    assert.equal(table.caption, 'What each number of users got, mode=single');
    const figures = ['100 %', '90.0 ms', '90.0 ms', '10.0/s'];
    assert.deepEqual(table.rows, [
      ['50', ...figures, '0.50', { text: '✓ none', tone: 'good' }],
      ['100', ...figures, '1.00', { text: '✗ one core busy of 2', tone: 'bad' }],
      ['200', ...figures, '1.00', { text: '! one core busy of 2', tone: 'warning' }],
    ]);
    assert.match(textsOf(climbed())[0] ?? '', /^Carried: 50 users/);
  });

  test('is on the terminal too', () => {
    const text = stripVTControlCharacters(terminalReport(climbed(), 'results'));
    assert.match(text, /^Users, rung by rung$/m);
    assert.match(text, /^ {2}100 +100 % +90\.0 ms +90\.0 ms +10\.0\/s +1\.00 +✗ one core busy of 2$/m);
    assert.match(text, /^ {2}Carried: 50 users/m);
    assert.doesNotMatch(terminalReport(resultOf(), 'results'), /rung by rung/);
  });

  test('estimates capacity, from three rungs on', () => {
    const items = blocksOf(climbed()).flatMap((block) => (block.kind === 'list' ? block.items : []));
    assert.equal(items.length, 3);
    assert.match(items[0] ?? '', /^saturated on the first rung, of 50 users, already$/);
    assert.match(items[1] ?? '', /nothing is said of more than 400, twice the last rung$/);
    assert.match(absentOf(climbed([50, 100]))[0] ?? '', /^Capacity is estimated from 3 rungs/);
  });

  test('reckons connections where both sides are known', () => {
    assert.match(absentOf(climbed())[0] ?? '', /^Connections are not reckoned/);
    const reckoned = (maxConnections: number) =>
      textsOf(
        climbed([50, 100, 200], { details: { redis: null, postgresql: databaseOf(maxConnections) } }),
      ).at(-1);
    const sum = 'Connections: 1 × 20 = 20, of';
    assert.equal(
      reckoned(100),
      `${sum} 100 that the database takes less 10 in reserve: they fit; each process may have up to 90.`,
    );
    assert.equal(
      reckoned(25),
      `${sum} 25 that the database takes less 10 in reserve: too many. Give each process at most 15.`,
    );
  });
});
