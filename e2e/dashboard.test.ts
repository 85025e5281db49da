import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { before, test } from 'node:test';
import { addProduct, addTest, Checkout } from './checkout.ts';
import { RemoteWriteStore, type StoredSeries, serveRemoteWrite } from './remote-write.ts';
import { ROOT, Sandbox } from './sandbox.ts';

const sandbox = new Sandbox();
const prometheus = new RemoteWriteStore();

/**
 * Adds a route that refuses requests by design. Responses are so slow that one VU cannot keep up with the arrival rate.
 */
const PLUGIN = `
    app.get('/limited', async (request, reply) => {
      await new Promise((done) => setTimeout(done, 500));
      reply.status(429);
      return { of: 'limited' };
    });`;

const TEST = {
  top: `import { arrivalPhases, each, endpoint, none, visit } from 'load-suite';
const limited = endpoint('GET /limited', { auth: none, expectedStatus: 200, has: 'of', refusals: [429] });`,
  workload: "arrivalPhases([{ phase: 'all', duration: '5s', ratePerS: 10 }], { maxVUs: 1 })",
  traffic: 'each([visit(1, limited, (it) => it.call())])',
};

interface Dashboard {
  templating: { list: { query: string | { query: string } }[] };
  panels: { title: string; targets?: { expr: string }[] }[];
}

const { templating, panels } = JSON.parse(
  readFileSync(path.join(ROOT, 'docs', 'grafana', 'load-suite.json'), 'utf8'),
) as Dashboard;

/** Run two tests that together produce flows, errors, refusals by design and dropped iterations. */
before(async () => {
  const checkout = new Checkout(sandbox);
  addProduct(checkout, { plugin: PLUGIN });
  addTest(checkout, 'limited', TEST);
  await using store = await serveRemoteWrite(prometheus);
  const sending = ['--prometheus-rw', store.url];
  await sandbox.run(['smoke', ...sending], { env: { TARGET_FAULTS: 'missing-route' } });
  await sandbox.run(['fixture/limited', ...sending], { root: checkout.root });
  const { totals, generator } = sandbox.lastRun.result;
  assert.ok(totals.refusals[429] && generator.droppedIterations > 0);
});

/** Returns the metrics, labels and values that a query uses but that no stored series has. */
function missing(query: string, series: readonly StoredSeries[]): string[] {
  const selectors = [...query.matchAll(/(k6_\w+)(?:\{([^}]*)\})?/g)];
  const grouping = [...query.matchAll(/\bby \(([^)]*)\)|\blabel_values\([^,]+,([^)]*)\)/g)];
  const grouped = grouping.flatMap(([, groupLabels, valueLabel]) =>
    (groupLabels ?? valueLabel ?? '').split(',').map((label) => label.trim()),
  );
  assert.ok(selectors.length > 0, `a metric in ${query}`);
  return selectors.flatMap(([, metric = '', matchers = '']) => {
    const ofMetric = series.filter(({ labels }) => labels.__name__ === metric);
    if (ofMetric.length === 0) return [metric];
    const conditions = [...matchers.matchAll(/(\w+)(=~?)"([^"]*)"/g)];
    const labels = [...grouped, ...conditions.map(([, label = '']) => label)].filter(
      (label) => !ofMetric.some((candidate) => label in candidate.labels),
    );
    const values = conditions.filter(
      ([, label = '', operator, value]) =>
        operator === '=' && !ofMetric.some((candidate) => candidate.labels[label] === value),
    );
    return [...labels.map((label) => `${metric}{${label}}`), ...values.map(([matcher]) => `${metric}{${matcher}}`)];
  });
}

for (const { title, targets = [] } of panels)
  for (const { expr } of targets)
    test(`Grafana panel "${title}" queries only metrics and labels that runs store: ${expr}`, () => {
      assert.deepEqual(missing(expr, prometheus.series), []);
    });

test('the run selector of the Grafana dashboard queries only metrics and labels that runs store', () => {
  const queries = templating.list.flatMap(({ query }) => (typeof query === 'string' ? [] : [query.query]));
  assert.equal(queries.length, 1);
  for (const query of queries) assert.deepEqual(missing(query, prometheus.series), []);
});

test('the check of Grafana queries detects metrics, labels and values that no run stores', () => {
  for (const [query, expected] of [
    ['sum(rate(k6_requests_total[1m]))', ['k6_requests_total']],
    ['sum by (endpoint) (rate(k6_http_reqs_total[1m]))', ['k6_http_reqs_total{endpoint}']],
    ['k6_http_reqs_total{status="999"}', ['k6_http_reqs_total{status="999"}']],
  ] as const)
    assert.deepEqual(missing(query, prometheus.series), expected);
});
