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

/** Returns a table as rows of text. The first row contains the column titles. */
function table(result: Result, id: string, caption: string): string[][] {
  const { columns, rows } = tableOf(section(result, id), new RegExp(`^${caption}`));
  return [columns.map(({ title }) => title), ...rows.map((row) => row.map(wordsOf))];
}

describe('the report of a run', () => {
  test('the report of a run contains totals that agree with each other and with the result', () => {
    assertAgreement(runDocument(rush), rush);
  });

  const { windows: _, ...unwindowed } = rush;
  const bare: Record<string, Result> = {
    'if nothing was measured': nothing,
    'if no telemetry window is complete': { ...resultOf(unwindowed), verdict: rush.verdict },
    'if no flow iteration finished': resultOf({ flows: [flowFigures('order', { values: [] })] }),
    'if the telemetry has no histogram and no error kinds': {
      ...rush,
      errors: [],
      totals: { ...rush.totals, responseTimeMs: { ...rush.totals.responseTimeMs, histogram: null } },
      windows: { ...rush.windows, errorsByKind: {} },
    },
  };
  for (const [when, result] of Object.entries(bare)) {
    test(`the report of a run is well-formed ${when}`, () => {
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
    test(`the report of a run explains why the ${id} section has no data`, () => {
      assert.equal(absentOf(section(nothing, id)).length, 1);
      if (id !== 'summary') assert.equal(section(nothing, id).blocks.length, 1);
    });

  test('the report of a run has a title and subtitle with test, environment, time and scale', () => {
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

describe('the diagnosis section', () => {
  const causeSection = section(rush, 'diagnosis-database-pool-exhausted');

  test('the diagnosis section shows the confidence, evidence, times and recommendation of each cause', () => {
    assert.equal(causeSection.title, poolExhausted.title);
    assert.deepEqual(
      table(rush, causeSection.id, 'Evidence').slice(1),
      poolExhausted.evidence.map(({ text }) => ['1:58–7:58', text]),
    );
    assert.deepEqual(textsOf(causeSection), [
      'Confidence: very likely (94.0 %).',
      `Recommendation: ${poolExhausted.recommendation}`,
      'Affected criteria: p95 response time, error rate, order success rate, timeouts. A configuration change fixes this cause.',
      'Ruled out:',
    ]);
  });

  test('the diagnosis section distinguishes a healthy run from a run without a known cause', () => {
    assert.match(absentOf(section(resultOf(), 'diagnosis')).join(), /^Every criterion passes/);
    assert.match(absentOf(section({ ...rush, diagnosis: [] }, 'diagnosis')).join(), /^No diagnosis rule found a cause/);
  });
});

describe('tables over time', () => {
  test('tables over time have rows that cover equally long periods of round length', () => {
    const times = table(rush, 'errors', 'Errors over time').slice(1);
    assert.deepEqual(
      times.map(([time]) => time),
      Array.from({ length: 10 }, (_, i) => `${i}:00–${i + 1}:00`),
    );
    assert.deepEqual(times[2], ['2:00–3:00', '1,440', '49', '3.40 %', '1', '48']);
  });

  test('the flows section shows the success of a flow every two minutes', () => {
    assert.deepEqual(table(rush, 'flow-order', 'Success over time').slice(1), [
      ['0:00–2:00', '240', '240', '0', '100 %'],
      ['2:00–4:00', '240', '192', '48', '80.0 %'],
      ['4:00–6:00', '240', '192', '48', '80.0 %'],
      ['6:00–8:00', '240', '192', '48', '80.0 %'],
      ['8:00–10:00', '240', '240', '0', '100 %'],
    ]);
  });

  test('the load table shows offered, achieved and dropped iterations next to each other', () => {
    const { windows } = rush;
    const droppedIterations = windows.iterations.map((_, i) => (i < 12 ? 60 : 0));
    const [head, first, second] = table({ ...rush, windows: { ...windows, droppedIterations } }, 'timeline', 'Load');
    assert.deepEqual(head?.slice(2, 5), ['Offered', 'Achieved', 'Dropped']);
    assert.deepEqual(first?.slice(2, 5), ['36.0/s', '24.0/s', '720']);
    assert.deepEqual(second?.slice(2, 5), ['24.0/s', '24.0/s', '0']);
  });

  test('the response time table shows the percentile of the slowest window in each period', () => {
    const slow = rush.windows.p95Ms.slice(24, 36);
    const [, , , row] = table(rush, 'timeline', 'Response time');
    assert.equal(row?.[3], `${Math.max(...slow.map((ms) => ms ?? 0)).toFixed(0)} ms`);
  });
});

describe('the flows section', () => {
  test('the flows section lists every step, including steps that cannot be observed', () => {
    const steps = table(rush, 'flow-order', 'Steps');
    assert.deepEqual(
      steps.map(([name, attempts]) => [name, attempts]),
      [
        ['Step', 'Attempts'],
        ['reserve', '1,200'],
        ['pay', '1,200'],
        ['ship', 'not observable'],
        ['whole flow', '1,200'],
      ],
    );
  });
});

describe('the resources section', () => {
  test('the resources section shows connections before, during and after the load', () => {
    const connections = table(rush, 'resources-target', 'Connections');
    assert.deepEqual(connections[0], ['Time', 'Active', 'Idle', 'Waiting', 'Limit']);
    assert.deepEqual(connections[1], ['before', '18', '2', '0', '20']);
    assert.deepEqual(connections[4], ['2:00–3:00', '20', '0', '35', '20']);
    assert.deepEqual(connections.at(-1), ['after', '18', '2', '0', '20']);
  });

  test('the resources section derives CPU usage and cache hit rates from the increase of counters', () => {
    const [, , row] = table(rush, 'resources-target', 'Memory');
    assert.equal(row?.[3], '25.0 %');
    assert.equal(table(rush, 'resources-target', 'Cache')[3]?.[1], '90.0 %');
  });

  test('the resources section omits columns for which a probe has no samples', () => {
    assert.deepEqual(table(rush, 'resources-redis', 'Cache')[0], ['Time', 'Evictions']);
  });

  test('the resources section has a column for each process that PM2 manages', () => {
    assert.deepEqual(table(rush, 'resources-pm2', 'CPU')[1], ['before', '40.0 %', '50.0 %']);
  });

  test('the resources section lists the probes without samples', () => {
    assert.match(absentOf(section(rush, 'resources')).join(), /^Probes without samples: Target process\./);
    const everything = Object.fromEntries(PROBES.map((probe) => [probe, rush.resources.target]));
    assert.deepEqual(section({ ...rush, resources: everything }, 'resources').blocks, []);
  });
});
