import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { deadUrl, serve } from '../testing/environment.ts';
import type { ProbeEnvironment } from './probe.ts';
import { configuredProbes, withoutProbes } from './probe-kinds.ts';
import type { RunSample } from './sampling.ts';
import { type StartedProbes, startProbes } from './start.ts';

/** A sampling interval that never elapses within a test, so that probes are only sampled on request. */
const NEVER_MS = 2 ** 30;

function started(t: TestContext, env: ProbeEnvironment, intervalMs = NEVER_MS) {
  const samples: RunSample[] = [];
  const notes: string[] = [];
  const probes: StartedProbes = startProbes({
    configured: configuredProbes(env),
    metricsPath: '/own-metrics',
    intervalMs,
    onSample: (sample) => samples.push(sample),
    note: (text) => notes.push(text),
  });
  t.after(() => probes[Symbol.asyncDispose]());
  return { probes, samples, notes, sampledProbes: () => samples.map(({ probe }) => probe) };
}

const metrics = (t: TestContext) => serve(t, (_, response) => response.end('db_pool_max 20\n'));

test('no probe starts if none is configured', async (t) => {
  const { probes, samples, notes } = started(t, {});
  await probes.sample();
  assert.deepEqual(await probes.details(), { postgresql: null, redis: null });
  assert.deepEqual([samples, notes], [[], []]);
});

test('the target probe requests the metrics path of the product, or METRICS_URL if set', async (t) => {
  const paths: string[] = [];
  const url = await serve(t, (request, response) => {
    paths.push(request.url ?? '');
    response.end('db_pool_max 20\n');
  });
  for (const env of [{ API_URL: url }, { API_URL: url, METRICS_URL: `${url}/elsewhere` }])
    await started(t, env).probes.sample();
  assert.deepEqual(paths, ['/own-metrics', '/elsewhere']);
});

test('every probe is sampled at even intervals until it is disposed', { timeout: 30_000 }, async (t) => {
  const { probes, sampledProbes } = started(
    t,
    { METRICS_URL: await metrics(t), TARGET_PROCESS: String(process.pid) },
    20,
  );
  while (sampledProbes().length < 6) await sleep(10);
  await probes[Symbol.asyncDispose]();
  const taken = sampledProbes();
  assert.ok(taken.includes('target') && taken.includes('process'));
  await sleep(60);
  assert.deepEqual(sampledProbes(), taken);
});

test('a single probe can be sampled on request by its name', async (t) => {
  const { probes, sampledProbes } = started(t, {
    METRICS_URL: await metrics(t),
    TARGET_PROCESS: String(process.pid),
  });
  await probes.sample('target');
  assert.deepEqual(sampledProbes(), ['target']);
});

test('each probe that cannot connect adds one note, and the other probes continue', async (t) => {
  const dead = new URL(await deadUrl()).host;
  const { probes, sampledProbes, notes } = started(t, {
    METRICS_URL: await metrics(t),
    TARGET_DATABASE_URL: `postgresql://app:pass-4711@${dead}/shop`,
    TARGET_REDIS_URL: `redis://:pass-4711@${dead}`,
    PM2_PROCESSES: 'all',
    PM2_HOME: '/nonexistent',
  });
  for (let i = 0; i < 2; i++) await probes.sample();
  assert.deepEqual(sampledProbes(), ['target', 'target']);
  assert.deepEqual(notes.sort(), [
    'no samples of PM2 for some time: no PM2 daemon runs in /nonexistent',
    `no samples of PostgreSQL for some time: connect ECONNREFUSED ${dead}`,
    `no samples of Redis for some time: connect ECONNREFUSED ${dead}`,
  ]);
  assert.deepEqual(await probes.details(), { postgresql: null, redis: null });
});

test('withoutProbes removes the variables of all probes from an environment', () => {
  assert.deepEqual(
    withoutProbes({
      API_URL: 'http://a',
      TARGET_DATABASE_URL: 'postgresql://a',
      TARGET_REDIS_URL: 'redis://a',
    }),
    { API_URL: 'http://a' },
  );
});
