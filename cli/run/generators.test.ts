import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { ensureK6 } from '../k6/index.ts';
import { temporaryFolder } from '../testing/environment.ts';
import { type Generators, generatorNames, startGenerators } from './generators.ts';

const k6 = await ensureK6({ env: process.env, log: () => {} });

/**
 * Returns the code of a k6 test in which four VUs sleep. The summary of the test contains the start time of each VU.
 */
const idle = (seconds: number) => `
  import { sleep } from 'k6';
  import exec from 'k6/execution';
  import { Trend } from 'k6/metrics';
  const began = new Trend('began');
  const vu = new Trend('vu');
  export const options = {
    summaryTrendStats: ['min', 'max', 'count'],
    scenarios: { load: { executor: 'per-vu-iterations', exec: 'run', vus: 4, iterations: 1 } },
  };
  export function run() {
    began.add(Date.now());
    vu.add(exec.vu.idInTest);
    sleep(${seconds});
  }
  export const handleSummary = ({ metrics }) => ({
    [__ENV.SUMMARY_FILE]: JSON.stringify({ began: metrics.began?.values, vu: metrics.vu?.values }),
  });`;

interface TestSummary {
  began?: { min: number; max: number };
  vu?: { min: number; max: number; count: number };
}

async function started(t: TestContext, count: number, script: string) {
  const folder = temporaryFolder(t);
  const bundle = path.join(folder, 'script.js');
  writeFileSync(bundle, script);
  const names = generatorNames(count);
  const filesOf = (name: string) => ({
    log: path.join(folder, `${name}.log`),
    summary: path.join(folder, `${name}.json`),
  });
  const ended: string[] = [];
  const generators = await startGenerators({
    binary: k6.path,
    bundle,
    outputs: [],
    tags: {},
    names,
    filesOf,
    redact: (text) => text,
    env: { PATH: process.env.PATH },
    onEnd: (name) => ended.push(name),
  });
  t.after(() => generators[Symbol.dispose]());
  const summaryOf = (name: string): TestSummary | null =>
    existsSync(filesOf(name).summary) ? JSON.parse(readFileSync(filesOf(name).summary, 'utf8')) : null;
  return { generators, ended, summaryOf, names };
}

const memoryOf = async (generators: Generators) =>
  Object.keys(await generators.sample()).filter((column) => column.endsWith('residentBytes'));

test('several generators start the load at the same time, and the VUs are divided among them', async (t) => {
  const { generators, ended, summaryOf, names } = await started(t, 2, idle(0.5));
  assert.deepEqual(await memoryOf(generators), [
    'generator-1.residentBytes',
    'residentBytes',
    'generator-2.residentBytes',
  ]);
  assert.deepEqual(await generators.exit, { outcome: 'completed', reason: null });
  assert.deepEqual(ended.toSorted(), names);
  const [first, second] = names.map(summaryOf);
  assert.deepEqual(
    [first?.vu, second?.vu],
    [
      { min: 1, max: 3, count: 2 },
      { min: 2, max: 4, count: 2 },
    ],
  );
  // All VUs ran at the same time: the last VU begins before the first one stops sleeping.
  const ends = Math.min(first?.began?.min ?? 0, second?.began?.min ?? 0) + 500;
  assert.ok(Math.max(first?.began?.max ?? Infinity, second?.began?.max ?? Infinity) < ends);
});

test('a single generator is named k6 and starts the load without waiting', async (t) => {
  const { generators, ended, summaryOf } = await started(t, 1, idle(0.1));
  assert.deepEqual(await memoryOf(generators), ['residentBytes']);
  assert.deepEqual(await generators.exit, { outcome: 'completed', reason: null });
  assert.deepEqual(ended, ['k6']);
  assert.equal(summaryOf('k6')?.vu?.count, 4);
});

test('if one generator cannot start, no generator sends load', async (t) => {
  const script = `if (__ENV.OTEL_RESOURCE_ATTRIBUTES.includes('generator-2')) throw new Error('no luck');\n${idle(30)}`;
  const { generators, summaryOf } = await started(t, 3, script);
  const { outcome, reason } = await generators.exit;
  assert.equal(outcome, 'crashed');
  assert.match(reason ?? '', /^generator-2: .*no luck/);
  const ends = await generators.ends;
  for (const name of ['generator-1', 'generator-3']) {
    const end = ends.find((ended) => ended.name === name);
    assert.equal(end?.outcome, 'aborted');
    assert.equal(summaryOf(name)?.vu, undefined, `${name} did not begin`);
  }
});

test('stopping the load ends all generators, and each generator writes its summary', async (t) => {
  const { generators, summaryOf, names } = await started(t, 2, idle(30));
  await sleep(1500);
  generators.stop();
  assert.deepEqual(await generators.exit, { outcome: 'interrupted', reason: 'stopped by the user' });
  for (const name of names) assert.ok(summaryOf(name), `summary of ${name}`);
});
