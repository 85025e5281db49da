import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { PROBES, type Result } from '../../lib/core/evidence/index.ts';
import { emptyEvidence, flowFigures, resultOf } from '../../lib/core/testing/evidence.ts';
import { assertAgreement, assertWellFormed } from '../testing/agreement.ts';
import { absentOf, sectionOf, tableOf, textsOf, wordsOf } from '../testing/document.ts';
import { poolExhausted, rushResult } from '../testing/rush.ts';
import { runDocument } from './run-document.ts';

const rush = rushResult();
const nothing: Result = resultOf({ ...emptyEvidence(), criteria: [] });

const section = (result: Result, id: string) => sectionOf(runDocument(result), id);

/** The cells of a table, its head first. */
function table(result: Result, id: string, caption: string): string[][] {
  const { columns, rows } = tableOf(section(result, id), new RegExp(`^${caption}`));
  return [columns.map(({ title }) => title), ...rows.map((row) => row.map(wordsOf))];
}

describe('the report of a run', () => {
  test('agrees with itself and with the result', () => {
    assertAgreement(runDocument(rush), rush);
  });

  const { windows: _, ...unwindowed } = rush;
  const bare: Record<string, Result> = {
    'where nothing was measured': nothing,
    'where no window closed': { ...resultOf(unwindowed), verdict: rush.verdict },
    'where no flow ended': resultOf({ flows: [flowFigures('order', { values: [] })] }),
    'where the telemetry lost histogram and kinds of errors': {
      ...rush,
      errors: [],
      totals: { ...rush.totals, durationMs: { ...rush.totals.durationMs, histogram: null } },
      windows: { ...rush.windows, errorsByKind: {} },
    },
  };
  for (const [when, result] of Object.entries(bare)) {
    test(`is whole ${when}`, () => {
      assertWellFormed(runDocument(result));
    });
  }

  for (const id of [
    'summary',
    'endpoints',
    'distribution',
    'timeline',
    'phases',
    'flows',
    'resources',
    'database',
    'redis',
  ])
    test(`says why there is no data for ${id}`, () => {
      assert.equal(absentOf(section(nothing, id)).length, 1);
      if (id !== 'summary') assert.equal(section(nothing, id).blocks.length, 1);
    });

  test('says in its first lines what it is of', () => {
    const { title, subtitle } = runDocument({
      ...rush,
      run: { ...rush.run, scaled: true, scale: { time: 0.1, vus: 2 }, partial: true },
    });
    assert.equal(title, 'Load test report: shop/rush');
    assert.equal(
      subtitle,
      'many concurrent users · local, http://127.0.0.1:4010 · 2025-01-18 14:30:00 UTC, 10m · scaled: time × 0.1, VUs × 2 · partial',
    );
  });
});

describe('the diagnosis', () => {
  const of = section(rush, 'diagnosis-database-pool-exhausted');

  test('names each cause with confidence, evidence and its time, and what to do', () => {
    assert.equal(of.title, poolExhausted.title);
    assert.deepEqual(
      table(rush, of.id, 'Evidence').slice(1),
      poolExhausted.evidence.map(({ text }) => ['1:58–7:58', text]),
    );
    assert.deepEqual(textsOf(of), [
      'Confidence: very likely (94.0 %).',
      `Recommendation: ${poolExhausted.recommendation}`,
      'Accounts for: p95 response time, error rate, order success rate, timeouts. A change of configuration mends it.',
      'Ruled out:',
    ]);
  });

  test('says whether there was anything to explain', () => {
    assert.match(absentOf(section(resultOf(), 'diagnosis')).join(), /^Every criterion passes/);
    assert.match(absentOf(section({ ...rush, diagnosis: [] }, 'diagnosis')).join(), /^No rule found a cause/);
  });
});

describe('what is told over time', () => {
  test('is cut into even intervals of a clock', () => {
    const times = table(rush, 'errors', 'Errors over time').slice(1);
    assert.deepEqual(
      times.map(([time]) => time),
      Array.from({ length: 10 }, (_, i) => `${i}:00–${i + 1}:00`),
    );
    assert.deepEqual(times[2], ['2:00–3:00', '1,440', '49', '3.40 %', '1', '48']);
  });

  test('has the success of a flow by two minutes', () => {
    assert.deepEqual(table(rush, 'flow-order', 'Success over time').slice(1), [
      ['0:00–2:00', '240', '240', '0', '100 %'],
      ['2:00–4:00', '240', '192', '48', '80.0 %'],
      ['4:00–6:00', '240', '192', '48', '80.0 %'],
      ['6:00–8:00', '240', '192', '48', '80.0 %'],
      ['8:00–10:00', '240', '240', '0', '100 %'],
    ]);
  });

  test('has what was offered beside what was achieved', () => {
    const { windows } = rush;
    const droppedIterations = windows.iterations.map((_, i) => (i < 12 ? 60 : 0));
    const [head, first, second] = table(
      { ...rush, windows: { ...windows, droppedIterations } },
      'timeline',
      'Load',
    );
    assert.deepEqual(head?.slice(2, 5), ['Offered', 'Achieved', 'Dropped']);
    assert.deepEqual(first?.slice(2, 5), ['36.0/s', '24.0/s', '720']);
    assert.deepEqual(second?.slice(2, 5), ['24.0/s', '24.0/s', '0']);
  });

  test('has the mean of all requests of an interval, and the slowest of its windows', () => {
    const slow = rush.windows.p95Ms.slice(24, 36);
    const [, , , row] = table(rush, 'timeline', 'Response time');
    assert.equal(row?.[3], `${Math.max(...slow.map((ms) => ms ?? 0)).toFixed(0)} ms`);
  });
});

describe('flows', () => {
  test('have every step, also one that cannot be seen', () => {
    const steps = table(rush, 'flow-order', 'Steps');
    assert.deepEqual(
      steps.map(([name, times]) => [name, times]),
      [
        ['Step', 'Times'],
        ['reserve', '1,200'],
        ['pay', '1,200'],
        ['ship', 'not observable'],
        ['whole flow', '1,200'],
      ],
    );
  });
});

describe('resources', () => {
  test('have the connections while they were used up, and that they came back', () => {
    const connections = table(rush, 'resources-target', 'Connections');
    assert.deepEqual(connections[0], ['Time', 'Active', 'Idle', 'Waiting', 'Limit']);
    assert.deepEqual(connections[1], ['before', '18', '2', '0', '20']);
    assert.deepEqual(connections[4], ['2:00–3:00', '20', '0', '35', '20']);
    assert.deepEqual(connections.at(-1), ['after', '18', '2', '0', '20']);
  });

  test('have CPU as a rate of its counter, and the hit rate of a cache by what was asked of it then', () => {
    const [, , row] = table(rush, 'resources-target', 'Memory');
    assert.equal(row?.[3], '25.0 %');
    assert.equal(table(rush, 'resources-target', 'Cache')[3]?.[1], '90.0 %');
  });

  test('leave out what a probe has nothing of', () => {
    assert.deepEqual(table(rush, 'resources-redis', 'Cache')[0], ['Time', 'Evictions']);
  });

  test('have each process that PM2 looks after', () => {
    assert.deepEqual(table(rush, 'resources-pm2', 'CPU')[1], ['before', '40.0 %', '50.0 %']);
  });

  test('name the probes without samples', () => {
    assert.match(absentOf(section(rush, 'resources')).join(), /^No samples of: Process of the target\./);
    const everything = Object.fromEntries(PROBES.map((probe) => [probe, rush.resources.target]));
    assert.deepEqual(section({ ...rush, resources: everything }, 'resources').blocks, []);
  });
});
