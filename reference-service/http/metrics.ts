import { constants, PerformanceObserver } from 'node:perf_hooks';
import { getHeapStatistics } from 'node:v8';
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';

export type Metrics = {
  registry: Registry;
  /** Counts one request, with the status it got. */
  countRequest(method: string, route: string, status: number): void;
};

/** Metrics that every service has, whatever its product. */
export function createMetrics(restarts: number): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const requests = new Counter({
    name: 'http_requests_total',
    help: 'Requests by their end: answered, or given up by the client (status 499)',
    labelNames: ['method', 'route', 'status'],
    registers: [registry],
  });
  addHeapMetric(registry);
  new Counter({
    name: 'target_restarts_total',
    help: 'Restarts of this service after a crash',
    registers: [registry],
    // Every process is told how many there were before it: the newest knows all.
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

/** Metrics whose values are kept elsewhere, and read when they are asked for. prom-client has no such kind. */
const adderOfLabeled =
  (Kind: typeof Gauge | typeof Counter): AddLabeledMetric =>
  (registry, name, help, label, read) => {
    new Kind({
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

const adderOf =
  (Kind: typeof Gauge | typeof Counter): AddMetric =>
  (registry, name, help, read) => {
    new Kind({
      name,
      help,
      registers: [registry],
      collect() {
        this.reset();
        this.inc(read());
      },
    });
  };

export const addGauge = adderOf(Gauge);
export const addLabeledGauge = adderOfLabeled(Gauge);
export const addCounter = adderOf(Counter);
export const addLabeledCounter = adderOfLabeled(Counter);

/** What survives a full collection tells a leak from garbage that is not collected yet. */
function addHeapMetric(registry: Registry): void {
  let afterMajor = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      const kind = (entry as unknown as { detail?: { kind?: number } }).detail?.kind;
      if (kind === constants.NODE_PERFORMANCE_GC_MAJOR) afterMajor = getHeapStatistics().used_heap_size;
    }
  }).observe({ entryTypes: ['gc'] });
  addGauge(
    registry,
    'nodejs_heap_after_gc_bytes',
    'Used heap after the latest full garbage collection; 0 before the first',
    () => afterMajor,
  );
}
