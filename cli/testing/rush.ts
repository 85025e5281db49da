/**
 * For tests: the result of a run with data for every part of a report. It is assembled from windows and samples, like
 * the result of a real run.
 */

import { errorRateBelow, flowSuccessAbove, noTimeouts, percentileBelow } from '../../lib/core/definition/index.ts';
import {
  type Diagnosis,
  type Evidence,
  PM2_COLUMNS,
  POSTGRESQL_COLUMNS,
  REDIS_COLUMNS,
  type Result,
  TARGET_COLUMNS,
} from '../../lib/core/evidence/index.ts';
import { METRICS } from '../../lib/core/metrics/index.ts';
import { seededRandom } from '../../lib/core/numbers/index.ts';
import type { MetricSeries, Window } from '../../lib/core/telemetry/index.ts';
import {
  counterSeries,
  evidenceOf,
  phasesWithLengths,
  RUN_START_MS,
  requestSeries,
  summaryWith,
  testPlan,
  trendSeries,
  windowAt,
} from '../../lib/core/testing/evidence.ts';
import type { RunSample, SampledProbe } from '../probes/sampling.ts';
import { assembleResult } from '../results/assemble.ts';
import { RunMeasurements } from '../results/run-measurements.ts';

const SECOND = 1000;
const WINDOW_S = 5;
const WINDOWS = 120;
const LENGTH_MS = WINDOWS * WINDOW_S * SECOND;
const READ = 'GET /items/:id';
const ORDER = 'POST /orders';
const POOL = 20;
const POOL_TIMEOUT = { kind: 'server-error', code: '503', reason: 'db_pool_timeout' };
const TIMEOUT = { kind: 'timeout', code: '1050', reason: 'timeout' };

const phases = phasesWithLengths({ 'ramp-up': 120 * SECOND, hold: 360 * SECOND, 'ramp-down': 120 * SECOND });

const plan = testPlan({
  test: 'rush',
  workload: {
    kind: 'ramping-vus',
    model: 'closed',
    peakVUs: 100,
    durationMs: LENGTH_MS,
    phases,
    scenarios: {
      load: {
        executor: 'ramping-vus',
        exec: 'run',
        stages: [
          { duration: '2m', target: 100 },
          { duration: '6m', target: 100 },
          { duration: '2m', target: 0 },
        ],
      },
    },
  },
  endpoints: [READ, ORDER, 'GET /never'].map((name) => ({ name, expectedStatus: 200 })),
  flows: [{ name: 'order', steps: ['reserve', 'pay', 'ship'] }],
  criteria: [percentileBelow(0.95, '400ms'), errorRateBelow(0.01), flowSuccessAbove('order', 0.95), noTimeouts()],
});

const phaseAt = (atMs: number) => phases.find(({ endMs }) => atMs < endMs)?.name ?? 'ramp-down';
/**
 * Returns whether the connection pool is exhausted at the given time, which is the case while the number of VUs is
 * highest.
 */
const exhausted = (atMs: number) => atMs >= 120 * SECOND && atMs < 480 * SECOND;

function windowNumber(n: number, random: () => number): Window {
  const atMs = n * WINDOW_S * SECOND;
  const tags = { phase: phaseAt(atMs) };
  const slow = exhausted(atMs);
  /** Returns random durations. Most durations are near the median, and a few are much longer. */
  const durations = (count: number) =>
    Array.from({ length: count }, () => (slow ? 300 : 80) * Math.exp(0.5 * (random() + random() + random() - 1.5)));
  const read = slow ? 3 : 0;
  const order = slow ? 1 : 0;
  const timeouts = slow && n % 10 === 0 ? 1 : 0;
  const failed = (
    name: string,
    count: number,
    error: { kind: string; code: string; reason: string },
  ): MetricSeries[] =>
    count === 0
      ? []
      : [
          trendSeries(METRICS.responseTime, durations(count), { ...tags, name }),
          trendSeries(METRICS.requestDuration, durations(count), { ...tags, name }),
          counterSeries(METRICS.requests, count, {
            ...tags,
            name,
            status: error.kind === 'timeout' ? '0' : error.code,
          }),
          counterSeries(METRICS.unexpectedResponses, count, { ...tags, name, ...error }),
        ];
  const steps = (step: string, ok: number, failed = 0): MetricSeries[] => [
    trendSeries(METRICS.stepDuration, durations(ok), { flow: 'order', step, outcome: 'ok' }),
    ...(failed > 0
      ? [trendSeries(METRICS.stepDuration, durations(failed), { flow: 'order', step, outcome: 'failed' })]
      : []),
  ];
  const lost = slow ? 2 : 0;
  const ended = 10;
  const flow = (count: number, outcome: string, reason?: string): MetricSeries[] =>
    count === 0
      ? []
      : [
          trendSeries(METRICS.flowDuration, durations(count), {
            flow: 'order',
            outcome,
            ...(reason ? { reason } : {}),
          }),
        ];
  return windowAt(
    n * WINDOW_S,
    [
      ...requestSeries(READ, durations(90 - read), { tags }),
      ...requestSeries(ORDER, durations(30 - order - timeouts), { tags }),
      ...failed(READ, read, POOL_TIMEOUT),
      ...failed(ORDER, order, POOL_TIMEOUT),
      ...failed(ORDER, timeouts, TIMEOUT),
      ...steps('reserve', ended),
      ...steps('pay', ended - lost, lost),
      ...flow(ended - lost, 'ok'),
      ...flow(lost - timeouts, 'failed', 'pay: db_pool_timeout'),
      ...flow(timeouts, 'failed', 'pay: timeout'),
      counterSeries(METRICS.vus, slow ? 100 : 50),
      counterSeries(METRICS.iterations, 120),
      counterSeries(METRICS.dataReceived, 120 * 2000),
      counterSeries(METRICS.dataSent, 120 * 300),
      counterSeries(METRICS.contractsHold, 2, { condition: 'nonzero' }),
    ],
    { lengthS: WINDOW_S },
  );
}

type Columns = Record<string, (atMs: number) => number | null>;

/** Returns the sample of each probe at the given time. Counters increase with time. */
const PROBED: Partial<Record<SampledProbe, Columns>> = {
  target: {
    [TARGET_COLUMNS.residentBytes]: (atMs) => 2 ** 27 + atMs * 10,
    [TARGET_COLUMNS.heapUsedBytes]: () => 2 ** 26,
    [TARGET_COLUMNS.cpuSeconds]: (atMs) => 10 + atMs / 1000 / 4,
    [TARGET_COLUMNS.connectionsMax]: () => POOL,
    [TARGET_COLUMNS.connectionsActive]: (atMs) => (exhausted(atMs) ? POOL : 18),
    [TARGET_COLUMNS.connectionsIdle]: (atMs) => (exhausted(atMs) ? 0 : POOL - 18),
    [TARGET_COLUMNS.connectionsWaiting]: (atMs) => (exhausted(atMs) ? 35 : 0),
    [TARGET_COLUMNS.cacheHits]: (atMs) => Math.max(0, atMs) * 0.9,
    [TARGET_COLUMNS.cacheMisses]: (atMs) => Math.max(0, atMs) * 0.1,
    [TARGET_COLUMNS.cacheEvictions]: (atMs) => Math.max(0, Math.floor(atMs / 60_000)),
    [TARGET_COLUMNS.restarts]: () => 0,
  },
  postgresql: {
    [POSTGRESQL_COLUMNS.connections]: () => POOL + 1,
    [POSTGRESQL_COLUMNS.commits]: (atMs) => 500 + atMs,
    [POSTGRESQL_COLUMNS.blocksHit]: (atMs) => 1000 + atMs * 99,
    [POSTGRESQL_COLUMNS.blocksRead]: (atMs) => 1000 + atMs,
  },
  redis: {
    [REDIS_COLUMNS.usedBytes]: () => 2 ** 20,
    [REDIS_COLUMNS.maxBytes]: () => null,
    [REDIS_COLUMNS.evictions]: () => 0,
  },
  pm2: {
    [PM2_COLUMNS.processes]: () => 2,
    [PM2_COLUMNS.online]: () => 2,
    [`api-0.${PM2_COLUMNS.cpuShare}`]: () => 0.4,
    [`api-1.${PM2_COLUMNS.cpuShare}`]: () => 0.5,
  },
  generator: { cpuShare: () => 0.2, residentBytes: () => 2 ** 27 },
};

const samples = (): RunSample[] =>
  Array.from({ length: WINDOWS + 2 }, (_, i) => (i - 1) * WINDOW_S * SECOND + 100).flatMap((atMs) =>
    (Object.entries(PROBED) as [SampledProbe, Columns][]).map(([probe, columns]) => ({
      probe,
      atMs: RUN_START_MS + atMs,
      values: Object.fromEntries(Object.entries(columns).map(([name, at]) => [name, at(atMs)])),
    })),
  );

const details: Evidence['details'] = {
  postgresql: {
    version: '18.4',
    maxConnections: 120,
    cacheHitRate: 0.99,
    commits: 99_000,
    rollbacks: 1000,
    deadlocks: 2,
    queries: [
      { query: 'SELECT *\n  FROM items WHERE id = $1', calls: 10_800, meanMs: 116, maxMs: 301, share: 0.75 },
      { query: 'INSERT INTO orders (id) VALUES ($1)', calls: 3600, meanMs: 98, maxMs: null, share: 0.25 },
    ],
    indexes: [
      { name: 'items_pkey', table: 'items', scans: 10_800, hitRate: 0.987, sizeBytes: 2 ** 20 },
      { name: 'orders_pkey', table: 'orders', scans: 0, hitRate: null, sizeBytes: 8192 },
    ],
  },
  redis: {
    version: '8.0',
    maxMemoryBytes: null,
    evictionPolicy: 'noeviction',
    hitRate: 0.871,
    evictions: 0,
    keys: { scanned: 1000, total: 2500, prefixes: [{ prefix: 'item', count: 1000, bytes: 2 ** 20 }] },
  },
};

/** The result of the run: for ten minutes, the load was too high for the connection pool. */
export function rushResult(): Result {
  const random = seededRandom(1);
  const record = new RunMeasurements(plan);
  for (let n = 0; n < WINDOWS; n++) record.addWindow(windowNumber(n, random));
  for (const sample of samples()) record.addSample(sample);
  const { workload, scale } = plan;
  const { kind, model, peakVUs, durationMs } = workload;
  return assembleResult({
    start: {
      plan,
      run: {
        ...evidenceOf().run,
        test: plan.test,
        workload: { kind, model, peakVUs, durationMs, phases },
        scale,
        labels: { instance: 't3.medium' },
      },
    },
    outcome: 'completed',
    outcomeReason: null,
    measurements: record,
    summary: summaryWith({ durationMs: LENGTH_MS, requests: WINDOWS * 120, vusMax: 100 }),
    details,
    notes: ['no samples of Redis for some time: connection refused'],
  });
}

/** The only cause in the diagnosis of this run. */
export const poolExhausted = rushResult().diagnosis[0] as Diagnosis;
