import { TARGET_COLUMNS } from '../../lib/core/evidence/index.ts';
import type { Probe, Sample } from './probe.ts';
import { type PrometheusSample, parsePrometheus } from './prometheus.ts';

interface MetricSource {
  metric: string;
  /** The labels that a sample must have, with their values. */
  labels?: Record<string, string>;
  /** How to combine the values of several target instances: by sum or by maximum. */
  combine?: 'max';
}

/** For each column of the result, the metric of the target. */
const COLUMNS: Record<keyof typeof TARGET_COLUMNS, MetricSource> = {
  [TARGET_COLUMNS.residentBytes]: { metric: 'process_resident_memory_bytes' },
  [TARGET_COLUMNS.heapUsedBytes]: { metric: 'nodejs_heap_size_used_bytes' },
  [TARGET_COLUMNS.externalBytes]: { metric: 'nodejs_external_memory_bytes' },
  [TARGET_COLUMNS.cpuSeconds]: { metric: 'process_cpu_seconds_total' },
  [TARGET_COLUMNS.eventLoopLagP99Seconds]: { metric: 'nodejs_eventloop_lag_p99_seconds', combine: 'max' },
  [TARGET_COLUMNS.connectionsMax]: { metric: 'db_pool_max' },
  [TARGET_COLUMNS.connectionsActive]: { metric: 'db_pool_connections', labels: { state: 'active' } },
  [TARGET_COLUMNS.connectionsIdle]: { metric: 'db_pool_connections', labels: { state: 'idle' } },
  [TARGET_COLUMNS.connectionsWaiting]: { metric: 'db_pool_waiting' },
  [TARGET_COLUMNS.connectionTimeouts]: { metric: 'db_pool_acquire_timeouts_total' },
  [TARGET_COLUMNS.cacheHits]: { metric: 'cache_hits_total' },
  [TARGET_COLUMNS.cacheMisses]: { metric: 'cache_misses_total' },
  [TARGET_COLUMNS.cacheEvictions]: { metric: 'cache_evictions_total' },
  [TARGET_COLUMNS.jobsQueued]: { metric: 'queue_jobs', labels: { state: 'queued' } },
  [TARGET_COLUMNS.jobsRunning]: { metric: 'queue_jobs', labels: { state: 'running' } },
  [TARGET_COLUMNS.restarts]: { metric: 'target_restarts_total' },
  [TARGET_COLUMNS.requests]: { metric: 'http_requests_total' },
  [TARGET_COLUMNS.circuitBreakerState]: { metric: 'circuit_breaker_state', combine: 'max' },
  [TARGET_COLUMNS.transactionRetries]: { metric: 'db_transaction_retries_total' },
  [TARGET_COLUMNS.deadlocks]: { metric: 'db_deadlocks_total' },
};

/** The time limit for a sample. */
const TIMEOUT_MS = 2000;

/** Samples the metrics that the target publishes at its Prometheus metrics endpoint. */
export function targetProbe(url: string): Probe {
  return { sample: () => sampleTarget(url), close: async () => {} };
}

/** Samples the target's metrics once. @throws Error if there is no response with status 200 */
export async function sampleTarget(url: string): Promise<Sample> {
  const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (!response.ok) throw new Error(`${url} returned HTTP ${response.status}`);
  return targetSample(parsePrometheus(await response.text()));
}

/**
 * Returns one value per column, combining series that differ in instance or other labels. The value of a missing metric
 * is null.
 */
export function targetSample(samples: readonly PrometheusSample[]): Sample {
  return Object.fromEntries(
    Object.entries(COLUMNS).map(([column, { metric, labels = {}, combine }]) => {
      const values = samples
        .filter(
          (sample) =>
            sample.name === metric && Object.entries(labels).every(([key, value]) => sample.labels[key] === value),
        )
        .map(({ value }) => value);
      const combined = combine === 'max' ? Math.max(...values) : values.reduce((sum, value) => sum + value, 0);
      return [column, values.length === 0 || !Number.isFinite(combined) ? null : combined];
    }),
  );
}
