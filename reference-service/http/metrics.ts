import { constants, PerformanceObserver } from 'node:perf_hooks';
import { getHeapStatistics } from 'node:v8';
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';

export type Metrics = {
  registry: Registry;
  /** Counts a finished request by method, route and status. */
  countRequest(method: string, route: string, status: number): void;
};

/** Creates the metrics that the service of every product exports. */
export function createMetrics(restarts: number): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const requests = new Counter({
    name: 'http_requests_total',
    help: 'Requests by status; 499 if the client disconnected before the response',
    labelNames: ['method', 'route', 'status'],
    registers: [registry],
  });
  addHeapMetric(registry);
  new Counter({
    name: 'target_restarts_total',
    help: 'Restarts of this service after a crash',
    registers: [registry],
    // Use the maximum over all processes. Each process starts with the total number of restarts so far, so the sum
    // would be too high.
    aggregator: 'max',
  }).inc(restarts);
  return { registry, countRequest: (method, route, status) => requests.inc({ method, route, status }) };
}

type AddMetric = (registry: Registry, name: string, help: string, read: () => number) => void;
type AddLabeledMetric = (
  registry: Registry,
  name: string,
  help: string,
  label: string,
  read: () => Readonly<Record<string, number>>,
) => void;

/**
 * Adds metrics whose values a function returns each time that metrics are collected. prom-client has no such metric
 * type.
 */
const labeledMetricAdder =
  (MetricType: typeof Gauge | typeof Counter): AddLabeledMetric =>
  (registry, name, help, label, read) => {
    new MetricType({
      name,
      help,
      labelNames: [label],
      registers: [registry],
      collect() {
        this.reset();
        for (const [value, number] of Object.entries(read())) this.inc({ [label]: value }, number);
      },
    });
  };

const metricAdder =
  (MetricType: typeof Gauge | typeof Counter): AddMetric =>
  (registry, name, help, read) => {
    new MetricType({
      name,
      help,
      registers: [registry],
      collect() {
        this.reset();
        this.inc(read());
      },
    });
  };

export const addGauge = metricAdder(Gauge);
export const addLabeledGauge = labeledMetricAdder(Gauge);
export const addCounter = metricAdder(Counter);
export const addLabeledCounter = labeledMetricAdder(Counter);

/**
 * Adds a metric for the heap size after a full garbage collection. Unlike the current heap size, this metric grows only
 * if there is a memory leak.
 */
function addHeapMetric(registry: Registry): void {
  let afterMajorGcBytes = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      const kind = (entry as unknown as { detail?: { kind?: number } }).detail?.kind;
      if (kind === constants.NODE_PERFORMANCE_GC_MAJOR) afterMajorGcBytes = getHeapStatistics().used_heap_size;
    }
  }).observe({ entryTypes: ['gc'] });
  addGauge(
    registry,
    'nodejs_heap_after_gc_bytes',
    'Used heap after the latest full garbage collection; 0 before the first one',
    () => afterMajorGcBytes,
  );
}
