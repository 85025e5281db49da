/**
 * Defines the Grafana dashboard for metrics that k6 writes to Prometheus (`--prometheus-rw`). `npm run docs` writes it to
 * docs/grafana/load-suite.json, which users import into Grafana.
 */

interface Panel {
  title: string;
  unit: 'short' | 'reqps' | 's' | 'percentunit' | 'Bps';
  /** Width of the panel in grid columns. The Grafana grid has 24 columns. */
  width: number;
  /** PromQL expressions of the panel. The keys are the legends. */
  queries: Record<string, string>;
  description?: string;
  kind?: 'timeseries' | 'heatmap';
}

const panel = (
  title: Panel['title'],
  unit: Panel['unit'],
  width: Panel['width'],
  queries: Panel['queries'],
  options: Pick<Panel, 'description' | 'kind'> = {},
): Panel => ({ title, unit, width, queries, ...options });

const RUN_FILTER = 'testid=~"$run"';

const rate = (metric: string, labels = RUN_FILTER) => `rate(${metric}{${labels}}[$__rate_interval])`;
const sum = (vector: string, by = '') => `sum${by && ` by (${by})`} (${vector})`;
const quantile = (q: number, metric: string, by?: string) => `histogram_quantile(${q}, ${sum(rate(metric), by)})`;
const count = (metric: string, by: string, labels?: string) => sum(`histogram_count(${rate(metric, labels)})`, by);

const REQUESTS = 'k6_http_reqs_total';
const DURATION = 'k6_response_time_seconds';
const ERRORS = 'k6_unexpected_answers_total';
const FLOW = 'k6_flow_duration_seconds';

const percentiles = [0.5, 0.95, 0.99].map((q) => [`p${q * 100}`, quantile(q, DURATION)]);
const errorRate = `(${sum(rate(ERRORS))} or vector(0)) / ${sum(rate(REQUESTS))}`;
const successRate = `${count(FLOW, 'flow', `${RUN_FILTER}, outcome="ok"`)} / ${count(FLOW, 'flow')}`;
const stepP95 = quantile(0.95, 'k6_step_duration_seconds', 'flow, step');
const refusals = sum(rate('k6_designed_refusals_total'), 'name, status');

const ROWS: Record<string, Panel[]> = {
  'Response times and errors': [
    panel('Response time', 's', 12, Object.fromEntries(percentiles)),
    panel(
      'Errors',
      'percentunit',
      6,
      { 'error rate': errorRate },
      {
        description:
          'Unexpected or missing responses as a share of all requests. Designed refusals do not count as errors.',
      },
    ),
    panel('Flow success rate', 'percentunit', 6, { '{{flow}}': successRate }),
  ],
  Load: [
    panel('Requests', 'reqps', 12, { '{{name}}': sum(rate(REQUESTS), 'name') }),
    panel('VUs', 'short', 6, { VUs: sum(`k6_vus{${RUN_FILTER}}`) }),
    panel(
      'Dropped iterations',
      'short',
      6,
      { 'dropped/s': sum(rate('k6_dropped_iterations_total')) },
      {
        description: 'Iterations that did not start because no VU was free. With more than a few, the run is INVALID.',
      },
    ),
  ],
  'Endpoints and steps': [
    panel('p95 by endpoint', 's', 12, { '{{name}}': quantile(0.95, DURATION, 'name') }),
    panel('p95 by step', 's', 12, { '{{flow}}: {{step}}': stepP95 }),
    panel('Errors by kind', 'reqps', 8, {
      '{{name}}: {{kind}} {{code}}': sum(rate(ERRORS), 'name, kind, code'),
    }),
    panel('Responses by status', 'reqps', 8, { '{{status}}': sum(rate(REQUESTS), 'status') }),
    panel('Designed refusals', 'reqps', 8, { '{{name}}: {{status}}': refusals }),
  ],
  Distribution: [
    panel('Response times', 's', 12, { '': sum(rate(DURATION)) }, { kind: 'heatmap' }),
    panel('p95 by phase', 's', 6, { '{{phase}}': quantile(0.95, DURATION, 'phase') }),
    panel('Data', 'Bps', 6, {
      received: sum(rate('k6_data_received_total')),
      sent: sum(rate('k6_data_sent_total')),
    }),
  ],
};

const PANEL_HEIGHT = 8;
const DATA_SOURCE = { type: 'prometheus', uid: '$datasource' };
/**
 * Minimum time between two points of a panel. k6 pushes metrics every 5 s, so a shorter interval would contain no
 * samples.
 */
const INTERVAL = '5s';

/** Returns the dashboard in Grafana's JSON format. */
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
          // Reload the list of runs when the time range changes. Sort run ids in descending order, which lists the
          // latest run first, because run ids begin with a time.
          refresh: 2,
          sort: 2,
          multi: true,
        },
      ],
    },
    panels: positionedPanels(),
  };
}

function positionedPanels(): object[] {
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
        ...panelModel(panel),
        gridPos: { x, y, w: panel.width, h: PANEL_HEIGHT },
      });
      x += panel.width;
    }
    y += PANEL_HEIGHT;
  }
  return panels;
}

function panelModel({ title, description, unit, queries, kind = 'timeseries' }: Panel): object {
  return {
    type: kind,
    title,
    ...(description && { description }),
    datasource: DATA_SOURCE,
    interval: INTERVAL,
    fieldConfig: { defaults: { unit, min: 0 }, overrides: [] },
    targets: Object.entries(queries).map(([legend, expr], i) => ({
      refId: String.fromCharCode('A'.charCodeAt(0) + i),
      expr,
      legendFormat: legend,
      ...(kind === 'heatmap' && { format: 'heatmap' }),
    })),
  };
}
