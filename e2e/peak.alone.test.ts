import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ensureK6 } from '../cli/k6/index.ts';
import { fingerprintOf } from '../cli/results/fingerprint.ts';
import { assertValidResult } from '../cli/results/schema.ts';
import { inspectTest } from '../cli/run/inspect.ts';
import type { Result, Trend } from '../lib/core/evidence/index.ts';
import { PERCENTILES, TREND_STATS, type TrendStats } from '../lib/core/metrics/index.ts';
import { relativeError, sum, valueAtRank } from '../lib/core/numbers/index.ts';
import type { Summary } from '../lib/core/telemetry/index.ts';
import { assertVerdict, counterGrowth, type RunFiles, Sandbox } from './sandbox.ts';

const sandbox = new Sandbox();

/** Settings for a quarter of the full scale: 125 VUs, with a connection pool that is large enough or too small. */
const QUARTER = ['--time-scale', '0.05', '--vus-scale', '0.25'];
const AMPLE_POOL = { DB_POOL_MAX: '13' };
const SMALL_POOL = { DB_POOL_MAX: '5' };

const column = ({ resources }: Result, name: string): number[] =>
  (resources.target?.columns[name] ?? []).filter((value) => value !== null);

test('booking/peak is GO if the connection pool is large enough', async () => {
  assertVerdict(await sandbox.run(['peak', ...QUARTER], { env: AMPLE_POOL }), 0, 'GO');
  const { result } = sandbox.lastRun;
  assert.equal(result.verdict.decision, 'GO');
  assert.deepEqual(
    result.criteria.map(({ id, status }) => [id, status]),
    [
      ['p95', 'pass'],
      ['error-rate', 'pass'],
      ['timeouts', 'pass'],
      ['restarts', 'pass'],
    ],
  );
  assert.equal(result.generator.vusMax, 125);
  assert.equal(counterGrowth(result, 'connectionTimeouts'), 0);
  assertAgreement(sandbox.lastRun);
  await assertComparableOnlyAtThisScale(result);
});

async function assertComparableOnlyAtThisScale(result: Result): Promise<void> {
  assert.equal(result.run.scaled, true);
  assert.deepEqual(result.run.scale, { time: 0.05, vus: 0.25 });
  const { path: k6 } = await ensureK6({ env: process.env, log: () => {} });
  const hashOf = async (env: Record<string, string>) =>
    fingerprintOf(await inspectTest(k6, 'booking/peak', { ...sandbox.env, ...env }), result.run.versions.k6).hash;
  const [scaled, fullScale] = await Promise.all([hashOf({ TIME_SCALE: '0.05', VUS_SCALE: '0.25' }), hashOf({})]);
  assert.equal(result.fingerprint.hash, scaled);
  assert.notEqual(result.fingerprint.hash, fullScale);
}

test('booking/peak is CONDITIONAL GO if the connection pool is too small, and recommends the right size', async () => {
  assertVerdict(await sandbox.run(['peak', ...QUARTER], { env: SMALL_POOL }), 99, 'CONDITIONAL GO');
  const { result } = sandbox.lastRun;
  assertValidResult(result);
  assert.equal(result.verdict.decision, 'CONDITIONAL_GO');
  assert.ok(result.totals.errorRate > 0.01, `error rate ${result.totals.errorRate}`);
  assert.ok(result.totals.responseTimeMs.p95 > 400, `p95 ${result.totals.responseTimeMs.p95}`);
  assert.deepEqual([...new Set(result.errors.map(({ reason }) => reason))], ['db_pool_timeout']);
  assert.deepEqual(new Set(column(result, 'connectionsMax')), new Set([5]));
  assert.ok(counterGrowth(result, 'connectionTimeouts') > 0);
  assert.ok(column(result, 'connectionsWaiting').some((waiting) => waiting > 0));

  const [cause] = result.diagnosis;
  assert.ok(cause);
  assert.equal(cause.cause, 'database-pool-exhausted');
  assert.deepEqual(
    cause.explains,
    result.criteria.filter(({ status }) => status === 'fail').map(({ id }) => id),
  );
  assert.match(
    result.verdict.reasons[0] ?? '',
    /^Raise the maximum size of the database pool from 5 to about \d+, then rerun this test/,
  );
  // This pool corresponds to 20 connections at full scale, where 500 users need 25 to 60 connections.
  const size = Number(/to about (\d+)\. /.exec(cause.recommendation)?.[1]);
  assert.ok(25 / 4 <= size && size <= 60 / 4, cause.recommendation);
  assertAgreement(sandbox.lastRun);
});

/** Asserts that telemetry, the summary of k6 and the target report the same requests. */
function assertAgreement(run: RunFiles): void {
  const { result, summary } = run;
  const { requests, errors } = result.totals;
  assert.ok(requests > 100);
  assert.equal(requests, summary.requests);
  assert.equal(requests, counterGrowth(result, 'requests'), 'the count of the target');
  assert.equal(errors, summary.errors);
  assert.equal(errors, sum(result.errors.map(({ count }) => count)));
  assert.equal(requests, sum(Object.values(result.statuses)));
  assert.deepEqual(result.statuses, summary.statuses);
  for (const parts of [result.endpoints, result.phases]) {
    assert.equal(requests, sum(parts.map((part) => part.requests)));
    assert.equal(errors, sum(parts.map((part) => part.errors)));
  }
  assert.equal(requests, sum(result.windows.requests));
  assert.equal(errors, sum(result.windows.errors));
  for (const [name, { trend, exact }] of Object.entries(trendsOf(result, summary))) assertSameTrend(name, trend, exact);
}

/** Returns every trend that is in both the result and the summary, as a pair. */
function trendsOf(result: Result, summary: Summary): Record<string, { trend: Trend; exact: TrendStats }> {
  const pairs = (kind: 'endpoints' | 'phases') =>
    result[kind].map(({ name, responseTimeMs }, i) => {
      assert.equal(summary[kind][i]?.name, name);
      return [name, { trend: responseTimeMs, exact: summary[kind][i].responseTimeMs }] as const;
    });
  return Object.fromEntries([
    ['all requests', { trend: result.totals.responseTimeMs, exact: summary.responseTimeMs }],
    ['all requests, as measured by k6', { trend: result.totals.durationMs, exact: summary.requestDurationMs }],
    ...pairs('endpoints'),
    ...pairs('phases'),
  ]);
}

function assertSameTrend(name: string, trend: Trend, exact: TrendStats): void {
  for (const stat of Object.keys(TREND_STATS) as (keyof TrendStats)[])
    assert.equal(trend[stat], exact[stat], `${stat} of ${name}`);
  const { histogram } = trend;
  assert.ok(histogram, `histogram of ${name}`);
  assert.equal(histogram.count, exact.count);
  if (histogram.count === 0) return;
  const bucket = 1 + relativeError(histogram);
  for (const [stat, q] of Object.entries(PERCENTILES)) {
    // Allow a difference, because k6 interpolates between two samples that may be several buckets apart.
    const rank = q * (histogram.count - 1);
    const low = valueAtRank(histogram, Math.floor(rank)) / bucket;
    const high = valueAtRank(histogram, Math.ceil(rank)) * bucket;
    const value = exact[stat as keyof TrendStats];
    assert.ok(low <= value && value <= high, `${stat} of ${name} is ${value}, not ${low} to ${high}`);
  }
}
