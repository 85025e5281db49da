import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { ensureK6 } from '../k6/index.ts';
import { temporaryFolder } from '../testing/environment.ts';
import { type Generators, generatorNames, startGenerators } from './generators.ts';

const k6 = await ensureK6({ env: process.env, log: () => {} });

/** Four VUs that do nothing for so many seconds, in a test that says which VUs it had, and when they began. */
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

interface Told {
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
  const told = (name: string): Told | null =>
    existsSync(filesOf(name).summary) ? JSON.parse(readFileSync(filesOf(name).summary, 'utf8')) : null;
  return { generators, ended, told, names };
}

const memoryOf = async (generators: Generators) =>
  Object.keys(await generators.sample()).filter((column) => column.endsWith('residentBytes'));

test('several begin together, once all are there, and divide the VUs among themselves', async (t) => {
  const { generators, ended, told, names } = await started(t, 2, idle(0.5));
  assert.deepEqual(await memoryOf(generators), [
    'generator-1.residentBytes',
    'residentBytes',
    'generator-2.residentBytes',
  ]);
  assert.deepEqual(await generators.exit, { outcome: 'completed', reason: null });
  assert.deepEqual(ended.toSorted(), names);
  const [first, second] = names.map(told);
  assert.deepEqual(
    [first?.vu, second?.vu],
    [
      { min: 1, max: 3, count: 2 },
      { min: 2, max: 4, count: 2 },
    ],
  );
  // While the first to begin still sleeps, all others have begun.
  const ends = Math.min(first?.began?.min ?? 0, second?.began?.min ?? 0) + 500;
  assert.ok(Math.max(first?.began?.max ?? Infinity, second?.began?.max ?? Infinity) < ends);
});

test('one alone is k6, and waits for nobody', async (t) => {
  const { generators, ended, told } = await started(t, 1, idle(0.1));
  assert.deepEqual(await memoryOf(generators), ['residentBytes']);
  assert.deepEqual(await generators.exit, { outcome: 'completed', reason: null });
  assert.deepEqual(ended, ['k6']);
  assert.equal(told('k6')?.vu?.count, 4);
});

test('where one cannot start, none begins', async (t) => {
  const script = `if (__ENV.OTEL_RESOURCE_ATTRIBUTES.includes('generator-2')) throw new Error('no luck');\n${idle(30)}`;
  const { generators, told } = await started(t, 3, script);
  const { outcome, reason } = await generators.exit;
  assert.equal(outcome, 'crashed');
  assert.match(reason ?? '', /^generator-2: .*no luck/);
  const ends = await generators.ends;
  for (const name of ['generator-1', 'generator-3']) {
    const end = ends.find((one) => one.name === name);
    assert.equal(end?.outcome, 'aborted');
    assert.equal(told(name)?.vu, undefined, `${name} did not begin`);
  }
});

test('all are stopped by the user at once, and each writes its summary', async (t) => {
  const { generators, told, names } = await started(t, 2, idle(30));
  await sleep(1500);
  generators.stop();
  assert.deepEqual(await generators.exit, { outcome: 'interrupted', reason: 'stopped by the user' });
  for (const name of names) assert.ok(told(name), `summary of ${name}`);
});
