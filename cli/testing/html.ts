/** For tests: documents with charts of every kind, made without chance. */
import { phasesOf } from '../../lib/core/testing/evidence.ts';
import type {
  Block,
  Chart,
  Document,
  FunnelChart,
  HistogramChart,
  PercentileChart,
  Section,
  TimeChart,
} from '../report/document.ts';

type Of<Kind> = Chart & Kind;

const MINUTE = 60_000;
export const PHASES = phasesOf({ 'ramp-up': MINUTE, hold: 5 * MINUTE, 'ramp-down': MINUTE });

export function timeChart(parts: Partial<Of<TimeChart>> = {}): Of<TimeChart> {
  return {
    type: 'time',
    id: 'vus',
    title: 'Virtual users',
    unit: 'count',
    atMs: [0, 1000, 2000, 3000],
    series: [{ name: 'VUs', values: [0, 10, 20, 10] }],
    phases: phasesOf({ 'ramp-up': 1000, hold: 3000 }),
    ...parts,
  };
}

export function percentileChart(parts: Partial<Of<PercentileChart>> = {}): Of<PercentileChart> {
  return {
    type: 'percentiles',
    id: 'percentiles',
    title: 'Response time by percentile',
    series: [
      {
        name: 'all',
        points: [
          { q: 0, ms: 10 },
          { q: 0.5, ms: 80 },
          { q: 0.9, ms: 200 },
          { q: 0.99, ms: 400 },
          { q: 0.999, ms: 800 },
        ],
      },
    ],
    thinFromQ: 0.99,
    ...parts,
  };
}

export function histogramChart(parts: Partial<Of<HistogramChart>> = {}): Of<HistogramChart> {
  return {
    type: 'histogram',
    id: 'histogram',
    title: 'Distribution of response times',
    buckets: [
      { fromMs: 0, toMs: 50, count: 402 },
      { fromMs: 50, toMs: 100, count: 458 },
      { fromMs: 100, toMs: 200, count: 140 },
    ],
    ...parts,
  };
}

export function funnelChart(parts: Partial<Of<FunnelChart>> = {}): Of<FunnelChart> {
  return {
    type: 'funnel',
    id: 'funnel',
    title: 'Steps of the flow',
    steps: [
      { name: 'webhook-receive', entered: 2847, succeeded: 2839, observable: true },
      { name: 'queue-job', entered: 0, succeeded: 0, observable: false },
      { name: 'ai-processing', entered: 2830, succeeded: 2788, observable: true },
      { name: 'send-confirmation', entered: 2788, succeeded: 2739, observable: true },
    ],
    ...parts,
  };
}

export function documentOf(parts: Partial<Document> = {}): Document {
  return {
    title: 'Load test report: shop/peak',
    subtitle: 'many at once · local, http://127.0.0.1:4010',
    verdict: { words: 'GO', tone: 'good' },
    sections: [{ id: 'summary', title: 'Summary', blocks: [{ kind: 'text', text: 'Everything held.' }] }],
    ...parts,
  };
}

/** A run of seven minutes as a reader gets to see it: charts of every kind, long tables, long words. */
export function fullDocument(): Document {
  return documentOf({
    subtitle:
      'the busiest hour: 500 users · staging, https://staging.example.com · 2025-01-18 14:30:00 UTC, 7m',
    verdict: { words: 'CONDITIONAL GO', tone: 'warning' },
    sections: [
      { id: 'summary', title: 'Summary', blocks: [REASONS, CRITERIA] },
      { id: 'timeline', title: 'Over time', blocks: [load(), responses(), errors(), success()] },
      { id: 'distribution', title: 'Distribution', blocks: [percentiles(), histogram()] },
      {
        id: 'flow',
        title: 'Flow “booking”',
        blocks: [{ kind: 'chart', ...funnelChart() }],
        sections: [FAILURES],
      },
      {
        id: 'resources',
        title: 'Resources',
        blocks: [memory(), { kind: 'absent', why: 'Redis: no REDIS_URL was given.' }],
      },
      { id: 'appendix', title: 'Appendix', blocks: [COMMANDS] },
    ],
  });
}

const SAMPLES = 84;
const EVERY_MS = 5000;
const atMs = Array.from({ length: SAMPLES }, (_, i) => i * EVERY_MS);

/** How much of the peak's load there is at an instant. */
const loadAt = (ms: number) => Math.max(0, Math.min(1, ms / MINUTE, (7 * MINUTE - ms) / MINUTE));
/** Up and down a little, the same at each call. */
const wave = (i: number, depth: number) => 1 + depth * Math.sin(i * 1.7) * Math.cos(i * 0.6);
const over = (valueAt: (load: number, i: number) => number | null) =>
  atMs.map((ms, i) => valueAt(loadAt(ms), i));

const overTime = (chart: Pick<Of<TimeChart>, 'id' | 'title' | 'unit' | 'series'>): Block => ({
  kind: 'chart',
  ...timeChart({ atMs, phases: PHASES, ...chart }),
});

const load = () =>
  overTime({
    id: 'rate',
    title: 'Requests, offered and answered',
    unit: 'perSecond',
    series: [
      { name: 'offered', values: over((share) => 240 * share) },
      {
        name: 'answered',
        values: over((share, i) => Math.min(240 * share, 190) * wave(i, 0.03)),
        style: 'area',
      },
    ],
  });

/** In one window there was nothing to measure. */
const responses = () =>
  overTime({
    id: 'durations',
    title: 'Response time',
    unit: 'ms',
    series: (
      [
        ['p50', 82, 90],
        ['p95', 145, 560],
        ['p99', 187, 1240],
      ] as const
    ).map(([name, idle, more]) => ({
      name,
      values: over((share, i) => (i === 40 ? null : (idle + more * share ** 4) * wave(i, 0.12))),
    })),
  });

const errors = () =>
  overTime({
    id: 'errors',
    title: 'Errors by kind',
    unit: 'count',
    series: [
      {
        name: 'pool timeout',
        values: over((share, i) => Math.round(30 * share ** 6 * wave(i, 0.4))),
        style: 'stacked',
      },
      {
        name: 'HTTP 5xx',
        values: over((share, i) => Math.round(9 * share ** 3 * wave(i, 0.7))),
        style: 'stacked',
      },
      {
        name: 'connection refused',
        values: over((share, i) => (i % 9 === 4 ? Math.round(6 * share) : 0)),
        style: 'stacked',
      },
    ],
  });

const success = () =>
  overTime({
    id: 'success',
    title: 'Success of the flow',
    unit: 'fraction',
    series: [{ name: 'booking', values: over((share, i) => 1 - 0.05 * share ** 3 * Math.abs(wave(i, 0.5))) }],
  });

/** Samples of a probe: not at the instants of the windows, and from before the load. */
const memory = (): Block => {
  const sampledMs = [-1200, ...atMs.map((ms) => ms + 800)];
  return {
    kind: 'chart',
    ...timeChart({
      id: 'memory',
      title: 'Memory of the target',
      unit: 'bytes',
      atMs: sampledMs,
      series: [
        {
          name: 'resident',
          values: sampledMs.map((ms, i) => (180 + 110 * loadAt(ms)) * 2 ** 20 * wave(i, 0.04)),
        },
        {
          name: 'heap used',
          values: sampledMs.map((ms, i) => (70 + 50 * loadAt(ms)) * 2 ** 20 * wave(i, 0.2)),
        },
      ],
      phases: PHASES,
    }),
  };
};

const QUANTILES = [0, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.975, 0.99, 0.995, 0.999, 0.9995, 0.9999, 0.99999];

const percentiles = (): Block => ({
  kind: 'chart',
  ...percentileChart({
    series: (
      [
        ['all', 40, 130],
        ['GET /admin/bookings/:id', 28, 60],
      ] as const
    ).map(([name, fastest, tail]) => ({
      name,
      points: QUANTILES.map((q) => ({ q, ms: fastest + tail * (-Math.log10(1 - q)) ** 1.6 })),
    })),
    thinFromQ: 0.9995,
  }),
});

const histogram = (): Block => ({
  kind: 'chart',
  ...histogramChart({
    buckets: Array.from({ length: 28 }, (_, i) => ({
      fromMs: 10 * 1.2 ** i,
      toMs: 10 * 1.2 ** (i + 1),
      count: Math.round(9000 * Math.exp(-(((i - 11) / 4) ** 2))) + (i > 18 ? 40 * (28 - i) : 0),
    })),
  }),
});

const REASONS: Block = {
  kind: 'list',
  items: [
    'The error rate was 2.1 % where less than 1 % was promised: between 1:30 and 5:00 the pool of 20 connections was full while up to 60 requests waited for one.',
    'A larger pool mends it: 27 connections are busy at once, 41 leave room. Nothing was lost and nothing crashed.',
  ],
};

const CRITERIA: Block = {
  kind: 'table',
  caption: 'What was promised, and what was measured',
  columns: [
    { title: 'status' },
    { title: 'promise' },
    ...numbers('value', 'limit', '95 % interval', 'samples'),
  ],
  rows: [
    [{ text: '✓ pass', tone: 'good' }, 'crashes and restarts', '0', '≤ 0', '', '84'],
    [{ text: '✗ fail', tone: 'bad' }, 'error rate', '2.10 %', '< 1.00 %', '2.03 % to 2.18 %', '145,234'],
    [
      { text: '? inconclusive', tone: 'warning' },
      'p95 response time',
      '398 ms',
      '< 400 ms',
      '391 ms to 406 ms',
      '145,234',
    ],
    [{ text: '– no data', tone: 'neutral' }, 'cache hit rate', '–', '> 80 %', '', '0'],
  ],
};

const FAILURES: Section = {
  id: 'flow-failures',
  title: 'Why it failed',
  blocks: [
    {
      kind: 'table',
      caption: 'Reasons of failures',
      columns: [{ title: 'step' }, { title: 'reason' }, ...numbers('times', 'share')],
      rows: [
        ['ai-processing', 'timeout of the provider after 5 s', '42', '38.9 %'],
        ['send-confirmation', 'refused: too many messages', '66', '61.1 %'],
      ],
    },
  ],
};

const COMMANDS: Block = {
  kind: 'code',
  text: 'DB_POOL_MAX=20 npm run test:peak -- --label instance=t3.medium --time-scale 0.15 --results results/before-the-launch',
};

function numbers(...titles: string[]) {
  return titles.map((title) => ({ title, align: 'right' as const }));
}
