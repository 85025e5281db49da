import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { encodeExport, encodeExports, exponential, gauge, pointOf, sum } from '../testing/telemetry.ts';
import { decodeExports } from './otlp.ts';

const WANTED = new Set(['http_reqs', 'http_req_duration', 'checks', 'vus']);
const decode = (...metrics: object[]) => decodeExports(encodeExport(metrics), WANTED)[0]?.window;

describe('exponential histograms', () => {
  const histogram = exponential('http_req_duration', {
    ...pointOf({ name: 'GET /items/:id', status: '200' }),
    count: 6,
    sum: 123.5,
    scale: 4,
    zeroCount: 1,
    positive: { offset: -3, bucketCounts: [2, 0, 3] },
    min: 0,
    max: 50.25,
  });

  test('exponential histograms are decoded with their tags', () => {
    assert.deepEqual(decode(histogram)?.series, [
      {
        metric: 'http_req_duration',
        tags: { name: 'GET /items/:id', status: '200' },
        histogram: {
          count: 6,
          sum: 123.5,
          scale: 4,
          zeroCount: 1,
          offset: -3,
          counts: [2, 0, 3],
          min: 0,
          max: 50.25,
        },
      },
    ]);
  });

  test('exponential histograms may have a negative scale or contain only zeros', () => {
    const coarse = exponential('http_req_duration', { ...pointOf(), count: 2, scale: -2, zeroCount: 2 });
    const [series] = decode(coarse)?.series ?? [];
    assert.equal(series?.histogram?.scale, -2);
    assert.equal(series?.histogram?.zeroCount, 2);
    assert.deepEqual(series?.histogram?.counts, []);
  });
});

describe('sums', () => {
  test('decoded sums may be fractions or whole numbers, and each data point becomes a series', () => {
    const window = decode(
      sum('http_reqs', { ...pointOf({ status: '200' }), asDouble: 2.5 }, { ...pointOf({ status: '500' }), asInt: 7 }),
      sum('http_reqs', pointOf()),
    );
    assert.deepEqual(window?.series, [
      { metric: 'http_reqs', tags: { status: '200' }, value: 2.5 },
      { metric: 'http_reqs', tags: { status: '500' }, value: 7 },
      { metric: 'http_reqs', tags: {}, value: 0 },
    ]);
  });

  test('decoded sums may exceed 32 bits', () => {
    assert.equal(decode(sum('http_reqs', { ...pointOf(), asInt: 2 ** 40 }))?.series[0]?.value, 2 ** 40);
  });

  test('the decoded sum of a k6 rate has the name of the rate, and a tag for true or false', () => {
    const rate = sum(
      'checks.total',
      { ...pointOf({ check: 'a', condition: 'nonzero' }), asInt: 9 },
      { ...pointOf({ check: 'a', condition: 'zero' }), asInt: 1 },
    );
    assert.deepEqual(decode(rate)?.series, [
      { metric: 'checks', tags: { check: 'a', condition: 'nonzero' }, value: 9 },
      { metric: 'checks', tags: { check: 'a', condition: 'zero' }, value: 1 },
    ]);
  });
});

describe('the window', () => {
  test('a telemetry window spans from the earliest start to the latest end of its data points', () => {
    const window = decode(
      sum('http_reqs', { ...pointOf({}, { fromMs: 2000, toMs: 6000 }), asInt: 1 }),
      exponential('http_req_duration', { ...pointOf({}, { fromMs: 1000, toMs: 5000 }), count: 0 }),
    );
    assert.deepEqual([window?.startMs, window?.endMs], [1000, 6000]);
  });

  test('the start and end of a telemetry window are exact to the millisecond', () => {
    const fromMs = Date.UTC(2025, 0, 18, 14, 30, 0, 123);
    const window = decode(sum('http_reqs', { ...pointOf({}, { fromMs, toMs: fromMs + 5000 }), asInt: 1 }));
    assert.deepEqual([window?.startMs, window?.endMs], [fromMs, fromMs + 5000]);
  });

  test('the period of gauges does not affect the start and end of a telemetry window', () => {
    const window = decode(
      gauge('vus', { ...pointOf({}, { fromMs: 1, toMs: 99_000 }), asDouble: 12 }),
      sum('http_reqs', { ...pointOf({}, { fromMs: 1000, toMs: 6000 }), asInt: 1 }),
    );
    assert.deepEqual([window?.startMs, window?.endMs], [1000, 6000]);
    assert.deepEqual(window?.series[0], { metric: 'vus', tags: {}, value: 12 });
  });

  test('decodeExports returns no window for an export without wanted metrics', () => {
    assert.equal(decode(), undefined);
    assert.equal(decode(gauge('vus', { ...pointOf(), asInt: 1 })), undefined);
    assert.equal(decode(sum('http_req_blocked', { ...pointOf(), asInt: 1 })), undefined);
  });

  test('a telemetry window ignores unwanted metrics and the period of unwanted metrics', () => {
    const window = decode(
      sum('iteration_duration', { ...pointOf({}, { fromMs: 1, toMs: 99_000 }), asInt: 1 }),
      sum('http_reqs', { ...pointOf(), asInt: 1 }),
    );
    assert.deepEqual(
      window?.series.map(({ metric }) => metric),
      ['http_reqs'],
    );
    assert.equal(window?.endMs, 5000);
  });

  test('a telemetry window reports that the OpenTelemetry SDK merged tag sets beyond its limit', () => {
    const overflow = sum('http_reqs', {
      ...pointOf(),
      attributes: [{ key: 'otel.metric.overflow', value: { boolValue: true } }],
      asInt: 3,
    });
    const window = decode(overflow, sum('http_reqs', { ...pointOf({ status: '200' }), asInt: 1 }));
    assert.equal(window?.overflowed, true);
    assert.deepEqual(window?.series[0], { metric: 'http_reqs', tags: {}, value: 3 });
    assert.equal(decode(sum('http_reqs', { ...pointOf(), asInt: 1 }))?.overflowed, false);
  });
});

describe('the generator of an export', () => {
  const requests = (count: number, tags = {}) => [sum('http_reqs', { ...pointOf(tags), asInt: count })];
  const decoded = (...parts: { generator?: string; metrics: object[] }[]) =>
    decodeExports(encodeExports(parts), WANTED).map(({ generator, window }) => [
      generator,
      window.series.map(({ tags, value }) => ({ tags, value })),
    ]);

  test('the name of the generator comes from a resource attribute, and is empty without the attribute', () => {
    assert.deepEqual(decoded({ generator: 'generator-2', metrics: requests(3) }), [
      ['generator-2', [{ tags: {}, value: 3 }]],
    ]);
    assert.deepEqual(decoded({ metrics: requests(3) }), [['', [{ tags: {}, value: 3 }]]]);
  });

  test('an export in which a collector combined several generators is split by generator', () => {
    const parts = [
      { generator: 'generator-1', metrics: requests(3) },
      { generator: 'generator-2', metrics: [] },
      { generator: 'generator-3', metrics: requests(5) },
    ];
    assert.deepEqual(decoded(...parts), [
      ['generator-1', [{ tags: {}, value: 3 }]],
      ['generator-3', [{ tags: {}, value: 5 }]],
    ]);
  });

  test('tags that k6-operator adds are dropped, because they would split every series', () => {
    const tags = { instance_id: '2', job_name: 'peak-2', status: '200' };
    assert.deepEqual(decoded({ generator: 'peak-2', metrics: requests(1, tags) }), [
      ['peak-2', [{ tags: { status: '200' }, value: 1 }]],
    ]);
  });
});

describe('an invalid export', () => {
  const whole = encodeExport([sum('http_reqs', { ...pointOf({ status: '200' }), asInt: 1 })]);
  const cases: Record<string, Uint8Array> = {
    'JSON text': new TextEncoder().encode('{"resourceMetrics": []}'),
    'an export cut short': whole.subarray(0, -3),
    'random bytes': Uint8Array.from([255, 255, 255, 255]),
  };
  for (const [what, bytes] of Object.entries(cases)) {
    test(`decodeExports refuses ${what}`, () => {
      assert.throws(() => decodeExports(bytes, WANTED));
    });
  }

  test('decodeExports returns no window for an empty export', () => {
    assert.deepEqual(decodeExports(new Uint8Array(), WANTED), []);
  });
});
