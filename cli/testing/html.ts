/** For tests: the smallest document, and the smallest chart of each kind. */
import { phasesWithLengths } from '../../lib/core/testing/evidence.ts';
import type {
  Chart,
  FunnelChart,
  HistogramChart,
  PercentileChart,
  ReportDocument,
  TimeChart,
} from '../report/report-document.ts';

type Of<Kind> = Chart & Kind;

export function timeChart(parts: Partial<Of<TimeChart>> = {}): Of<TimeChart> {
  return {
    type: 'time',
    id: 'vus',
    title: 'Virtual users',
    unit: 'count',
    atMs: [0, 1000, 2000, 3000],
    series: [{ name: 'VUs', values: [0, 10, 20, 10] }],
    phases: phasesWithLengths({ 'ramp-up': 1000, hold: 3000 }),
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
    sparseFromQ: 0.99,
    ...parts,
  };
}

export function histogramChart(parts: Partial<Of<HistogramChart>> = {}): Of<HistogramChart> {
  return {
    type: 'histogram',
    id: 'histogram',
    title: 'Response time distribution',
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

export function documentOf(parts: Partial<ReportDocument> = {}): ReportDocument {
  return {
    title: 'Load test report: shop/peak',
    subtitle: 'many concurrent users · local, http://127.0.0.1:4010',
    verdict: { words: 'GO', tone: 'good' },
    sections: [{ id: 'summary', title: 'Summary', blocks: [{ kind: 'text', text: 'Everything held.' }] }],
    ...parts,
  };
}
