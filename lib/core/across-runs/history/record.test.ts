import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  diagnosis,
  endpointFigures,
  flowFigures,
  instants,
  judgedCriterion,
  phasesWithLengths,
  repeat,
  resultOf,
  samplesOf,
  stepFigures,
  trendOf,
} from '../../testing/evidence.ts';
import { MAX_RECORD_BYTES, recordLine, recordOf } from './record.ts';

const HOUR = 3_600_000;
const MB = 1024 ** 2;

const bytesOf = (record: Parameters<typeof recordLine>[0]) => Buffer.byteLength(recordLine(record));

describe('a history record', () => {
  test('a history record contains the run, the verdict, the causes and the main figures', () => {
    const flow = {
      ...flowFigures('order', { values: repeat(100, 2000), succeeded: 97 }),
      steps: [stepFigures('pay', { values: repeat(100, 1500), succeeded: 97 }), stepFigures('pack', { values: [] })],
      failures: [{ reason: 'pay: timeout', count: 3, share: 1 }],
    };
    const record = recordOf(
      resultOf({
        run: { labels: { instance: 't3.medium' }, commits: { suite: 'abc', tests: null, service: null } },
        totals: { requests: 200, errors: 3, responseTimeMs: trendOf(repeat(200, 123.456789)) },
        endpoints: [
          endpointFigures('GET /a', { values: [1, 2, 3] }),
          endpointFigures('GET /b', { values: [5, 5, 5, 5], errors: 1 }),
          endpointFigures('GET /unused', { values: [] }),
        ],
        flows: [flow],
        criteria: [
          judgedCriterion({ id: 'order-success', kind: 'flow-success-rate', limit: 0.95 }),
          judgedCriterion({ title: 'p95 response time', status: 'fail' }),
        ],
        diagnosis: [diagnosis({ cause: 'memory-leak' })],
        verdict: { decision: 'NO_GO', reasons: ['p95 response time fails'] },
      }),
    );

    assert.deepEqual(
      [record.schemaVersion, record.verdict, record.failed, record.causes, record.omitted],
      [2, 'NO_GO', ['p95 response time'], ['memory-leak'], 0],
    );
    assert.deepEqual(record.run.labels, { instance: 't3.medium' });
    assert.equal(record.run.commits.suite, 'abc');
    assert.equal('description' in record.run, false);
    assert.deepEqual(
      [record.totals.requests, record.totals.errors, record.totals.responseTimeMs?.p50],
      [200, 3, 123.46],
    );
    assert.deepEqual(
      record.endpoints.map(({ name, requests, errors }) => [name, requests, errors]),
      [
        ['GET /b', 4, 1],
        ['GET /a', 3, 0],
      ],
      'sorted by requests, without unused endpoints',
    );
    const [order] = record.flows;
    assert.deepEqual(
      [order?.iterations, order?.succeeded, order?.target, order?.durationMs],
      [100, 97, 0.95, { mean: 2000, p95: 2000 }],
    );
    assert.deepEqual(order?.steps, [
      { name: 'pay', attempts: 100, succeeded: 97, durationMs: { mean: 1500, p95: 1500 } },
      { name: 'pack', attempts: 0, succeeded: 0, durationMs: null },
    ]);
    assert.deepEqual(order?.failures, [{ reason: 'pay: timeout', count: 3 }]);
    assert.equal(record.memory, null, 'there are no memory samples');
  });

  test('a history record has no target for a flow without a criterion and no durations without iterations', () => {
    const record = recordOf(resultOf({ flows: [flowFigures('order', { values: [] })] }));
    assert.deepEqual([record.flows[0]?.target, record.flows[0]?.durationMs], [null, null]);
  });

  test('a history record has the memory growth per hour in the longest phase', () => {
    const phases = phasesWithLengths({ 'ramp-up': HOUR / 10, hold: HOUR, 'ramp-down': HOUR / 10 });
    const atMs = instants(0, 1.2 * HOUR, 10_000);
    const record = recordOf(
      resultOf({
        run: {
          durationMs: 1.2 * HOUR,
          workload: { kind: 'ramping-vus', model: 'closed', peakVUs: 10, durationMs: 1.2 * HOUR, phases },
        },
        resources: {
          target: samplesOf(atMs, {
            heapUsedBytes: (ms) => 100 * MB + (50 * MB * ms) / HOUR + (ms % 30_000) * 100,
            externalBytes: () => MB,
          }),
        },
      }),
    );
    const { bytesPerHour = 0, low, high } = record.memory ?? {};
    assert.ok(Math.abs(bytesPerHour / MB - 50) < 1, `${bytesPerHour}`);
    assert.ok((low ?? 0) <= bytesPerHour && bytesPerHour <= (high ?? 0));
  });
});

describe('the length of a history record', () => {
  const long = (letters: string) =>
    resultOf({
      run: { labels: Object.fromEntries(repeat(300, 0).map((_, i) => [`label${i}`, letters.repeat(100)])) },
      endpoints: repeat(400, 0).map((_, i) =>
        endpointFigures(`GET /${i}/${letters.repeat(100)}`, { values: repeat(400 - i, 10) }),
      ),
    });

  for (const [title, letters] of Object.entries({
    ASCII: 'ab',
    'non-ASCII': 'żółć',
    control: '\u0001',
  }))
    test(`a record with ${title} characters stays below the maximum length and counts the dropped entries`, () => {
      const record = recordOf(long(letters));
      assert.ok(bytesOf(record) <= MAX_RECORD_BYTES, `${bytesOf(record)}`);
      assert.ok(record.endpoints.length > 0);
      assert.ok(record.endpoints[0]?.name.startsWith('GET /0/'), 'the endpoint with the most requests');
      const kept = record.endpoints.length + Object.keys(record.run.labels).length;
      assert.equal(record.omitted + kept, 700);
    });

  test('a history record of a realistic result drops no list entries', () => {
    const record = recordOf(
      resultOf({
        endpoints: repeat(100, 0).map((_, i) => endpointFigures(`GET /admin/things/${i}`, { values: [1, 2, 3] })),
      }),
    );
    assert.deepEqual([record.endpoints.length, record.omitted], [100, 0]);
  });
});
