/**
 * A Grafana dashboard over what k6 writes to Prometheus (`--prometheus-rw`): one row of this table is one panel.
 * `npm run docs` writes load-suite.json from it, the file that Grafana imports.
 */

interface Panel {
  title: string;
  description?: string;
  unit: 'short' | 'reqps' | 's' | 'percentunit' | 'Bps';
  queries: { expr: string; legend: string }[];
  /** Of the 24 columns. */
  width: number;
  kind?: 'timeseries' | 'heatmap';
}

const OF_RUN = 'testid=~"$run"';

const rate = (metric: string, labels = OF_RUN) => `rate(${metric}{${labels}}[$__rate_interval])`;
const sum = (vector: string, by = '') => `sum${by && ` by (${by})`} (${vector})`;
const quantile = (q: number, metric: string, by?: string) =>
  `histogram_quantile(${q}, ${sum(rate(metric), by)})`;
const count = (metric: string, by: string, labels?: string) =>
  sum(`histogram_count(${rate(metric, labels)})`, by);

const REQUESTS = 'k6_http_reqs_total';
const DURATION = 'k6_http_req_duration_seconds';
const ERRORS = 'k6_unexpected_answers_total';
const FLOW = 'k6_flow_duration_seconds';

const ROWS: Record<string, Panel[]> = {
  'Does it hold?': [
    {
      title: 'Response time',
      unit: 's',
      width: 12,
      queries: [0.5, 0.95, 0.99].map((q) => ({ expr: quantile(q, DURATION), legend: `p${q * 100}` })),
    },
    {
      title: 'Errors',
      description: 'Unexpected answers, or none, as a share of all requests. Refusals by design are none.',
      unit: 'percentunit',
      width: 6,
      queries: [
        { expr: `(${sum(rate(ERRORS))} or vector(0)) / ${sum(rate(REQUESTS))}`, legend: 'error rate' },
      ],
    },
    {
      title: 'Journeys that succeed',
      unit: 'percentunit',
      width: 6,
      queries: [
        {
          expr: `${count(FLOW, 'flow', `${OF_RUN}, outcome="ok"`)} / ${count(FLOW, 'flow')}`,
          legend: '{{flow}}',
        },
      ],
    },
  ],
  Load: [
    {
      title: 'Requests',
      unit: 'reqps',
      width: 12,
      queries: [{ expr: sum(rate(REQUESTS), 'name'), legend: '{{name}}' }],
    },
    {
      title: 'VUs',
      unit: 'short',
      width: 6,
      queries: [{ expr: sum(`k6_vus{${OF_RUN}}`), legend: 'VUs' }],
    },
    {
      title: 'Load that was not offered',
      description: 'Dropped iterations: no VU was free. The run is INVALID where they are more than a few.',
      unit: 'short',
      width: 6,
      queries: [{ expr: sum(rate('k6_dropped_iterations_total')), legend: 'dropped/s' }],
    },
  ],
  'Where?': [
    {
      title: 'p95 by endpoint',
      unit: 's',
      width: 12,
      queries: [{ expr: quantile(0.95, DURATION, 'name'), legend: '{{name}}' }],
    },
    {
      title: 'p95 by step',
      unit: 's',
      width: 12,
      queries: [
        { expr: quantile(0.95, 'k6_step_duration_seconds', 'flow, step'), legend: '{{flow}}: {{step}}' },
      ],
    },
    {
      title: 'Errors by kind',
      unit: 'reqps',
      width: 8,
      queries: [{ expr: sum(rate(ERRORS), 'name, kind, code'), legend: '{{name}}: {{kind}} {{code}}' }],
    },
    {
      title: 'Answers by status',
      unit: 'reqps',
      width: 8,
      queries: [{ expr: sum(rate(REQUESTS), 'status'), legend: '{{status}}' }],
    },
    {
      title: 'Refusals by design',
      unit: 'reqps',
      width: 8,
      queries: [
        { expr: sum(rate('k6_designed_refusals_total'), 'name, status'), legend: '{{name}}: {{status}}' },
      ],
    },
  ],
  Distribution: [
    {
      title: 'Response times',
      unit: 's',
      width: 12,
      kind: 'heatmap',
      queries: [{ expr: sum(rate(DURATION)), legend: '' }],
    },
    {
      title: 'p95 by phase',
      unit: 's',
      width: 6,
      queries: [{ expr: quantile(0.95, DURATION, 'phase'), legend: '{{phase}}' }],
    },
    {
      title: 'Data',
      unit: 'Bps',
      width: 6,
      queries: [
        { expr: sum(rate('k6_data_received_total')), legend: 'received' },
        { expr: sum(rate('k6_data_sent_total')), legend: 'sent' },
      ],
    },
  ],
};

const PANEL_HEIGHT = 8;
const DATA_SOURCE = { type: 'prometheus', uid: '$datasource' };
/** k6 pushes as often: rates over less have nothing to rest on. */
const INTERVAL = '5s';

/** As Grafana imports it. */
export function dashboard(): object {
  return {
    uid: 'load-suite',
    title: 'Load tests',
    tags: ['k6', 'load-suite'],
    schemaVersion: 39,
    editable: true,
    refresh: '5s',
    time: { from: 'now-30m', to: 'now' },
    templating: {
      list: [
        { name: 'datasource', label: 'Data source', type: 'datasource', query: 'prometheus' },
        {
          name: 'run',
          label: 'Run',
          type: 'query',
          datasource: DATA_SOURCE,
          query: { query: `label_values(${REQUESTS}, testid)`, refId: 'runs' },
          // With the range of time, latest first: the id of a run begins with its time.
          refresh: 2,
          sort: 2,
          multi: true,
        },
      ],
    },
    panels: placed(),
  };
}

function placed(): object[] {
  const panels: object[] = [];
  let y = 0;
  for (const [title, row] of Object.entries(ROWS)) {
    panels.push({ id: panels.length + 1, type: 'row', title, gridPos: { x: 0, y, w: 24, h: 1 } });
    y += 1;
    let x = 0;
    for (const panel of row) {
      if (x + panel.width > 24) {
        x = 0;
        y += PANEL_HEIGHT;
      }
      panels.push({
        id: panels.length + 1,
        ...panelOf(panel),
        gridPos: { x, y, w: panel.width, h: PANEL_HEIGHT },
      });
      x += panel.width;
    }
    y += PANEL_HEIGHT;
  }
  return panels;
}

function panelOf({ title, description, unit, queries, kind = 'timeseries' }: Panel): object {
  return {
    type: kind,
    title,
    ...(description && { description }),
    datasource: DATA_SOURCE,
    interval: INTERVAL,
    fieldConfig: { defaults: { unit, min: 0 }, overrides: [] },
    targets: queries.map(({ expr, legend }, i) => ({
      refId: String.fromCharCode('A'.charCodeAt(0) + i),
      expr,
      legendFormat: legend,
      ...(kind === 'heatmap' && { format: 'heatmap' }),
    })),
  };
}
