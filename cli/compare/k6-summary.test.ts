import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { excerptFromK6Summary } from './k6-summary.ts';

const trend = { avg: 110, min: 90, med: 100, max: 400, 'p(90)': 150, 'p(95)': 200 };

/**
 * Summaries that k6 2.2.0 wrote for one run in different formats. The run had 20 requests in 4 s, 5 of which failed.
 */
const FORMS: Record<string, { document: unknown; perS: number | null }> = {
  '--summary-export': {
    document: {
      root_group: {},
      metrics: {
        http_req_duration: trend,
        'http_req_duration{name:home}': { ...trend, med: 90, thresholds: { 'p(95)<1000': false } },
        http_req_failed: { passes: 5, fails: 15, value: 0.25 },
        http_reqs: { count: 20, rate: 5 },
      },
    },
    perS: 5,
  },
  handleSummary: {
    document: {
      state: { testRunDurationMs: 4000 },
      metrics: {
        http_req_duration: { type: 'trend', contains: 'time', values: trend },
        'http_req_duration{name:home}': { type: 'trend', contains: 'time', values: { ...trend, med: 90 } },
        http_req_failed: { type: 'rate', values: { rate: 0.25, passes: 5, fails: 15 } },
        http_reqs: { type: 'counter', values: { count: 20, rate: 5 } },
      },
    },
    perS: 5,
  },
  '--new-machine-readable-summary': {
    document: {
      config: { duration: 4 },
      results: {
        metrics: [
          { name: 'http_reqs', type: 'counter', values: { count: 20 } },
          { name: 'http_req_failed', type: 'rate', values: { matches: 5, rate: 0.25, total: 20 } },
          { name: 'http_req_duration', type: 'trend', values: { avg: 110, med: 100, p90: 150, p95: 200 } },
          { name: 'http_req_duration{name:home}', type: 'trend', values: { avg: 110, med: 90, p95: 200 } },
        ],
      },
    },
    perS: 5,
  },
};

for (const [form, { document, perS }] of Object.entries(FORMS)) {
  describe(`the excerpt from a k6 summary (${form})`, () => {
    const excerpt = excerptFromK6Summary(document, '/somewhere/theirs.json') ?? assert.fail();
    const [total, endpoint] = excerpt.parts;

    test('the excerpt from a k6 summary contains the figures of the whole run', () => {
      assert.deepEqual(total, {
        scope: 'total',
        name: '',
        count: 20,
        p50: 100,
        p95: 200,
        p99: null,
        perS,
        hits: { of: 'errors', count: 5, trials: 20 },
        histogram: null,
        stretch: null,
      });
    });

    test('the excerpt from a k6 summary contains the endpoints that a k6 threshold names', () => {
      assert.equal(endpoint?.name, 'home');
      assert.equal(endpoint.p50, 90);
      assert.equal(endpoint.hits, null);
      assert.equal(endpoint.count, null);
    });

    test('the excerpt from a k6 summary lists what a comparison cannot check', () => {
      assert.equal(excerpt.id, 'theirs.json');
      assert.equal(excerpt.fingerprint, null);
      assert.equal(excerpt.windows, null);
      assert.match(excerpt.unknown.join('\n'), /was not checked[\s\S]*http_req_failed[\s\S]*several runs per side/);
    });
  });
}

describe('excerptFromK6Summary', () => {
  for (const document of [
    null,
    4,
    [],
    {},
    { metrics: null },
    { metrics: { http_reqs: null } },
    { metrics: { iterations: { count: 1 } } },
  ])
    test(`excerptFromK6Summary returns null for ${JSON.stringify(document)}`, () =>
      assert.equal(excerptFromK6Summary(document, 'a.json'), null));
});
