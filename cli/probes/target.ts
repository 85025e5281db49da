import { TARGET_COLUMNS } from '../../lib/core/measures.ts';
import { type PrometheusSample, parsePrometheus } from './prometheus.ts';

/** Columns of a result, and the metric (with the labels it must have) that each is read from. */
const COLUMNS: Record<string, { metric: string; labels?: Record<string, string> }> = {
  residentBytes: { metric: 'process_resident_memory_bytes' },
  [TARGET_COLUMNS.heapUsedBytes]: { metric: 'nodejs_heap_size_used_bytes' },
  [TARGET_COLUMNS.externalBytes]: { metric: 'nodejs_external_memory_bytes' },
  cpuSeconds: { metric: 'process_cpu_seconds_total' },
  eventLoopLagP99Seconds: { metric: 'nodejs_eventloop_lag_p99_seconds' },
  connectionsMax: { metric: 'db_pool_max' },
  [TARGET_COLUMNS.connectionsActive]: { metric: 'db_pool_connections', labels: { state: 'active' } },
  connectionsIdle: { metric: 'db_pool_connections', labels: { state: 'idle' } },
  connectionsWaiting: { metric: 'db_pool_waiting' },
  connectionTimeouts: { metric: 'db_pool_acquire_timeouts_total' },
  cacheHits: { metric: 'cache_hits_total' },
  cacheMisses: { metric: 'cache_misses_total' },
  cacheEvictions: { metric: 'cache_evictions_total' },
  jobsQueued: { metric: 'queue_jobs', labels: { state: 'queued' } },
  jobsRunning: { metric: 'queue_jobs', labels: { state: 'running' } },
  restarts: { metric: 'target_restarts_total' },
  requests: { metric: 'http_requests_total' },
};

export type TargetSample = Record<string, number | null>;

/** How long a target may take to answer before a sample is given up. */
const TIMEOUT_MS = 2000;

/** One look at the target's metrics. @throws where it cannot be reached or answers anything but 200 */
export async function sampleTarget(url: string): Promise<TargetSample> {
  const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return columnsOf(parsePrometheus(await response.text()));
}

/** Samples that differ in other labels are added up; a metric that is not there is null. */
export function columnsOf(samples: readonly PrometheusSample[]): TargetSample {
  return Object.fromEntries(
    Object.entries(COLUMNS).map(([column, { metric, labels = {} }]) => {
      const matching = samples.filter(
        (sample) =>
          sample.name === metric &&
          Object.entries(labels).every(([key, value]) => sample.labels[key] === value),
      );
      const sum = matching.reduce((total, { value }) => total + value, 0);
      return [column, matching.length === 0 || !Number.isFinite(sum) ? null : sum];
    }),
  );
}
