import assert from 'node:assert/strict';
import { createReadStream, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import { ensureK6 } from '../cli/k6/index.ts';
import { assertValidResult } from '../cli/results/schema.ts';
import { serve } from '../cli/testing/environment.ts';
import type { Result } from '../lib/core/evidence/index.ts';
import { relativeError, sum } from '../lib/core/numbers/index.ts';
import type { Summary } from '../lib/core/telemetry/index.ts';
import { assertNoStack, assertRefused, counterGrowth, eventually, type RunFiles, Sandbox } from './sandbox.ts';

const sandbox = new Sandbox();
const NAMES = ['generator-1', 'generator-2'] as const;
const TWO_GENERATORS = ['--generators', String(NAMES.length)];

const summaryOf = (run: RunFiles, name: string): Summary => JSON.parse(run.read(`summary.${name}.json`));

/** A script that replaces k6: it runs k6 with an additional output that writes every raw sample to a file. */
async function recordingK6(): Promise<{ binary: string; samples(metric: string): Promise<number[]> }> {
  const k6 = await ensureK6({ env: process.env, log: () => {} });
  const folder = sandbox.subfolder('raw');
  const binary = path.join(sandbox.folder, 'k6');
  const script = `#!/bin/sh
case "$1" in
  run) shift; exec '${k6.path}' run --out json='${folder}'/$$.json "$@" ;;
  *) exec '${k6.path}' "$@" ;;
esac
`;
  writeFileSync(binary, script, { mode: 0o755 });
  return {
    binary,
    async samples(metric) {
      const values: number[] = [];
      for (const file of readdirSync(folder)) {
        for await (const line of createInterface({ input: createReadStream(path.join(folder, file)) })) {
          const sample = JSON.parse(line);
          if (sample.type === 'Point' && sample.metric === metric) values.push(sample.data.value);
        }
      }
      return values.sort((a, b) => a - b);
    },
  };
}

test('a run with two generators sums their counts and computes percentiles over all samples', async () => {
  const { binary, samples } = await recordingK6();
  const args = ['peak', '--time-scale', '0.025', '--vus-scale', '0.2', ...TWO_GENERATORS];
  const exit = await sandbox.run(args, { env: { K6_BIN: binary, DB_POOL_MAX: '15' } });
  assert.match(exit.stdout, /, 2 generators, scaled: /, exit.stderr);
  const run = sandbox.lastRun;
  const { result } = run;
  assertValidResult(result);
  assertNoStack(exit);
  assert.notEqual(result.verdict.decision, 'INVALID', exit.stdout);
  // Do not check p95, because response times depend on how busy the machine is.
  for (const { id, status } of result.criteria) if (id !== 'p95') assert.equal(status, 'pass', id);

  const summaries = NAMES.map((name) => summaryOf(run, name));
  const { requests, errors } = result.totals;
  assert.ok(requests > 100, `${requests} requests`);
  assert.equal(requests, sum(summaries.map((summary) => summary.requests)));
  assert.equal(errors, sum(summaries.map((summary) => summary.errors)));
  assert.equal(requests, counterGrowth(result, 'requests'), 'the count of the target');
  for (const parts of [result.endpoints, result.phases])
    assert.equal(requests, sum(parts.map((part) => part.requests)));
  assert.equal(requests, sum(result.windows.requests));

  assert.equal(result.generator.vusMax, 100);
  assert.deepEqual(
    result.generators?.map((generator) => [
      generator.name,
      generator.outcome,
      generator.requests,
      generator.vusMax,
      generator.vusPlanned,
    ]),
    [
      [NAMES[0], 'completed', summaries[0]?.requests, 50, 50],
      [NAMES[1], 'completed', summaries[1]?.requests, 50, 50],
    ],
  );
  for (const { samples: generatorSamples } of result.generators ?? [])
    assert.ok(generatorSamples.columns.residentBytes?.some((value) => value !== null && value > 0));
  assertSimultaneous(result);

  const raw = await samples('response_time');
  assert.equal(raw.length, requests);
  const { histogram, ...stats } = result.totals.responseTimeMs;
  assert.ok(histogram);
  const bucket = 1 + relativeError(histogram);
  for (const [stat, q] of [
    ['p50', 0.5],
    ['p95', 0.95],
    ['p99', 0.99],
  ] as const) {
    const rank = q * (raw.length - 1);
    const low = (raw[Math.floor(rank)] ?? Number.NaN) / bucket;
    const high = (raw[Math.ceil(rank)] ?? Number.NaN) * bucket;
    assert.ok(low <= stats[stat] && stats[stat] <= high, `${stat} is ${stats[stat]}, not ${low} to ${high}`);
  }
  assert.equal(stats.min, raw[0]);
  assert.equal(stats.max, raw.at(-1));
});

/** Asserts that every generator ran for most of the run, which means that the generators ran at the same time. */
function assertSimultaneous({ generators = [], windows }: Result): void {
  const lengthMs = (windows.startMs.at(-1) ?? 0) + (windows.durationMs.at(-1) ?? 0);
  for (const { name, startMs, endMs, lateWindows } of generators) {
    assert.ok((endMs ?? 0) - (startMs ?? 0) > lengthMs / 2, `${name} from ${startMs} to ${endMs}`);
    assert.equal(lateWindows, 0);
  }
}

/** Settings for a light load that lasts long enough to interrupt the run. */
const LOAD = ['baseline', '--time-scale', '0.2', '--vus-scale', '0.1', ...TWO_GENERATORS];

async function underLoad(): Promise<{ started: ReturnType<Sandbox['startRun']>; run: RunFiles }> {
  const started = sandbox.startRun(LOAD);
  return { started, run: await sandbox.waitForWindows(2, started) };
}

/** Asserts that the result contains every completed window. */
function assertWindowsKept({ result }: RunFiles): void {
  assertValidResult(result);
  assert.equal(result.totals.requests, sum(result.windows.requests));
  assert.equal(result.totals.requests, sum((result.generators ?? []).map(({ requests }) => requests)));
  assert.ok(result.totals.requests > 0);
}

test('a run is INVALID, names the generator and stops all others if one generator is killed', async () => {
  const { started, run } = await underLoad();
  process.kill(run.k6PidOf('generator-2'), 'SIGKILL');
  const exit = await started.exit;
  assert.equal(exit.code, 3, exit.stderr);
  assertNoStack(exit);
  assert.match(
    exit.stdout,
    /INVALID .*, 2 generators, .*partial\)\n +the run crashed: generator-2: k6 was ended by SIGKILL/,
  );
  const { result } = run;
  assert.equal(result.run.outcome, 'crashed');
  assert.equal(result.run.partial, true);
  assert.deepEqual(
    result.generators?.map(({ outcome, outcomeReason, requestsByK6 }) => [outcome, outcomeReason, requestsByK6]),
    [
      ['aborted', 'stopped because generator-2 ended early', summaryOf(run, 'generator-1').requests],
      ['crashed', 'k6 was ended by SIGKILL', null],
    ],
  );
  assert.equal(result.generators?.[0]?.requests, summaryOf(run, 'generator-1').requests);
  assert.ok((result.generators?.[1]?.requests ?? 0) > 0, 'requests that it sent before it was killed');
  assertWindowsKept(run);
});

test('Ctrl-C stops all generators, and a second Ctrl-C kills a generator that does not stop', async () => {
  const { started, run } = await underLoad();
  process.kill(run.k6PidOf('generator-1'), 'SIGSTOP');
  started.kill('SIGINT');
  await eventually('summary of the second generator', () => run.names.includes('summary.generator-2.json'));
  started.kill('SIGINT');
  const exit = await started.exit;
  assert.equal(exit.code, 130, exit.stderr);
  assertNoStack(exit);
  assert.match(exit.stdout, /the run was interrupted: stopped by the user/);
  const { result } = run;
  assert.equal(result.run.outcome, 'interrupted');
  assert.equal(result.generators?.[1]?.requestsByK6, summaryOf(run, 'generator-2').requests);
  assert.equal(result.generators?.[0]?.requestsByK6, null);
  assertWindowsKept(run);
});

test('two generators never send the same dataset row or message id', async (t) => {
  const target = await startListener(t);
  const env = { API_URL: target.url };
  await sandbox.run(['peak', '--time-scale', '0.01', '--vus-scale', '0.5', ...TWO_GENERATORS], { env });
  const bodies = target.posted('/webhook/whatsapp');
  const senders = bodies.map((body) => /"from":"([^"]+)"/.exec(body)?.[1]);
  const ids = bodies.map((body) => /"id":"(wamid[^"]+)"/.exec(body)?.[1]);
  assert.ok(bodies.length > 20, `${bodies.length} messages`);
  assert.equal(new Set(senders).size, bodies.length, 'every customer is used once');
  assert.equal(new Set(ids).size, bodies.length, 'every message id is used once');
});

/** A target on loopback that accepts every request and records the bodies. */
async function startListener(t: TestContext): Promise<{ url: string; posted(place: string): string[] }> {
  const received: { url: string; body: string }[] = [];
  const url = await serve(t, async (request, response) => {
    const body = await text(request);
    if (request.method === 'POST' && request.headers['x-load-run']) received.push({ url: request.url ?? '', body });
    response.writeHead(request.method === 'POST' ? 202 : 200, { 'content-type': 'application/json' }).end('{}');
  });
  return {
    url,
    posted: (place) => received.filter((request) => request.url === place).map(({ body }) => body),
  };
}

test('run refuses more generators than a scenario has VUs', async () => {
  assertRefused(
    await sandbox.run(['smoke', ...TWO_GENERATORS]),
    2,
    'booking/smoke has a scenario of 1 VU, too few for 2 generators',
  );
  assert.equal(sandbox.lastRunOrNull, null);
});
