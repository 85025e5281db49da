import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { PM2_COLUMNS, type Result, TARGET_COLUMNS } from '../../evidence/index.ts';
import { diagnosis, judgedCriterion, phaseFigures, repeat, resultOf, samplesOf } from '../../testing/evidence.ts';
import { LADDER_DURATION_MS, LADDER_PHASES, LADDER_USERS, ladderRun, SAMPLE_TIMES } from '../../testing/ladder.ts';
import { carriedUsers, loadPointsOf, rungsOf } from './rungs.ts';

const HOLDS = LADDER_PHASES.filter(({ name }) => name.startsWith('users-'));

const TWO_CAUSES = [
  diagnosis({ confidence: 0.5, title: 'Other' }),
  diagnosis({ evidence: [{ text: 'always', fromMs: 0, toMs: LADDER_DURATION_MS }] }),
];

const column = <Key extends keyof ReturnType<typeof rungsOf>[number]>(result: Result, key: Key) =>
  rungsOf(result).map((rung) => rung[key]);

describe('rungs', () => {
  test('rungs are the hold phases of a ladder, and other workloads have no rungs', () => {
    assert.deepEqual(column(ladderRun(), 'users'), LADDER_USERS);
    assert.deepEqual(rungsOf(resultOf()), []);
  });

  test('rungs have the share and the rate of successful responses', () => {
    const failing = LADDER_PHASES.map((phase) =>
      phaseFigures(phase, { values: repeat(600, 90), errors: phase.name === 'users-100' ? 300 : 0 }),
    );
    const result = ladderRun({ phases: failing });
    assert.deepEqual(column(result, 'success'), [1, 0.5, 1]);
    assert.deepEqual(column(result, 'perS'), [10, 5, 10]);
    assert.deepEqual(column(result, 'issue'), [null, 'requests fail', null]);
  });

  test('rungs without requests have null figures', () => {
    const [rung] = rungsOf(ladderRun({ phases: HOLDS.map((phase) => phaseFigures(phase, { values: [] })) }));
    assert.deepEqual([rung?.success, rung?.p95Ms, rung?.p99Ms, rung?.perS], [null, null, null, 0]);
  });

  const ISSUES: [situation: string, parts: Parameters<typeof ladderRun>[0], issue: string | null][] = [
    ['one of two cores busy', { cores: 0.98 }, 'one of 2 cores busy'],
    ['both cores', { cores: 1.8, processes: 2 }, 'all 2 cores busy'],
    ['one core busy, split over two processes', { cores: 1, processes: 2 }, null],
    ['half a core busy', {}, null],
    ['the only core busy', { cores: 0.95, run: { labels: { cores: '1' } } }, 'the only core busy'],
    [
      'one of the cores given by a label',
      { cores: 1, run: { environment: 'staging', labels: { cores: '4' } } },
      'one of 4 cores busy',
    ],
    ['one of two processes busy', { resources: pm2With(0.97, 0.02) }, 'one of 2 cores busy'],
    ['both of two processes busy, one slightly less', { resources: pm2With(0.88, 0.83) }, 'all 2 cores busy'],
    [
      'both cores busy, including the CPU of k6',
      { cores: 1.6, processes: 2, generator: k6Using(0.06) },
      'all 2 cores busy',
    ],
    ['most of one core, with k6 on the other', { cores: 0.7, generator: k6Using(0.4) }, null],
    ['more processes than cores', { cores: 1.8, processes: 4 }, 'all 2 cores busy'],
    ['neither of two processes busy', { resources: pm2With(0.6, 0.5) }, null],
    ['a diagnosed cause without errors or failed criteria', { diagnosis: TWO_CAUSES }, null],
    ['one core busy of an unknown number', { cores: 1, run: { environment: 'staging' } }, 'one core busy'],
    ['CPU not measured', { resources: {} }, null],
    [
      'a diagnosed cause and a failed criterion',
      { diagnosis: TWO_CAUSES, criteria: [judgedCriterion({ phases: ['users-200'], status: 'fail' })] },
      'Database pool exhausted',
    ],
  ];
  for (const [situation, parts, issue] of ISSUES)
    test(`the issue of a rung with ${situation}: ${issue ?? 'none'}`, () =>
      assert.equal(column(ladderRun(parts), 'issue')[2], issue));

  test('rungs have the CPU use from PM2 if the target does not report CPU', () => {
    const pm2 = samplesOf(SAMPLE_TIMES, {
      [PM2_COLUMNS.online]: () => 1,
      [PM2_COLUMNS.cpuShare]: (ms) => (ms <= 70_000 ? 0.5 : 1),
    });
    const result = ladderRun({ resources: { pm2 } });
    assert.deepEqual(column(result, 'cores'), [0.5, 1, 1]);
    assert.deepEqual(column(result, 'issue'), [null, 'one of 2 cores busy', 'one of 2 cores busy']);
  });

  test('rungs have averages of the metrics of the target, and errors by kind', () => {
    const result = ladderRun();
    result.resources.target = samplesOf(SAMPLE_TIMES, {
      [TARGET_COLUMNS.eventLoopLagP99Seconds]: (ms) => (ms < 70_000 ? 0.01 : 0.2),
      [TARGET_COLUMNS.connectionsMax]: () => 20,
      [TARGET_COLUMNS.connectionsActive]: () => 15,
      [TARGET_COLUMNS.connectionsWaiting]: () => 2,
    });
    result.windows.errorsByKind = { 'server-error': result.windows.errors };
    assert.deepEqual(column(result, 'pool')[0], { max: 20, active: 15, waiting: 2 });
    assert.equal(column(result, 'lagMs')[2], 200);
    assert.deepEqual(column(result, 'errors')[1], { 'server-error': 50 / 300 });
    assert.deepEqual(column(result, 'cpuMs'), [null, null, null]);
    assert.deepEqual(column(ladderRun(), 'cpuMs'), [50, 50, 50]);
    assert.deepEqual([column(ladderRun(), 'lagMs')[0], column(ladderRun(), 'pool')[0]], [null, null]);
  });

  test('a target carries all rungs before the first one with a failed criterion', () => {
    const breaking = (phase: string) =>
      ladderRun({ criteria: [judgedCriterion(), judgedCriterion({ phases: [phase], status: 'fail' })] });
    assert.equal(carriedUsers(rungsOf(ladderRun())), 200);
    assert.equal(carriedUsers(rungsOf(breaking('users-200'))), 100);
    assert.equal(carriedUsers(rungsOf(breaking('users-50'))), null);
    assert.equal(carriedUsers([]), null);
  });

  test('each window within a rung provides one load point', () => {
    const result = ladderRun();
    const points = loadPointsOf(result, rungsOf(result));
    assert.equal(points.length, LADDER_USERS.length * 12);
    assert.deepEqual(points[0], { users: 50, perS: 50 });
  });
});

/** Samples of PM2 for several processes, each using the given share of a core. */
function pm2With(...shares: number[]) {
  return {
    pm2: samplesOf(SAMPLE_TIMES, {
      [PM2_COLUMNS.online]: () => shares.length,
      [PM2_COLUMNS.cpuShare]: () => shares.reduce((sum, share) => sum + share, 0),
      ...Object.fromEntries(shares.map((share, i) => [`api-${i}.${PM2_COLUMNS.cpuShare}`, () => share])),
    }),
  };
}

function k6Using(share: number) {
  return { samples: samplesOf(SAMPLE_TIMES, { cpuShare: () => share }) };
}
