import assert from 'node:assert/strict';
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { errorRateBelow } from '../../lib/core/definition/index.ts';
import { METRICS } from '../../lib/core/metrics/index.ts';
import {
  counterSeries,
  evidenceOf,
  RUN_START_MS,
  repeat,
  requestSeries,
  resultOf,
  summaryWith,
  testPlan,
  windowAt,
} from '../../lib/core/testing/evidence.ts';
import { lockMachine } from '../support/run-lock.ts';
import { collectTelemetry } from '../telemetry/collect-telemetry.ts';
import { setEnvironment, temporaryFolder } from '../testing/environment.ts';
import { problem } from '../testing/problem.ts';
import { loadResult } from './load.ts';
import { RunFolder, type RunStart, runFilePath } from './run-folder.ts';
import { assertValidResult } from './schema.ts';

const READ = 'GET /items/:id';
const plan = testPlan({ criteria: [errorRateBelow(0.01)] });
const start: RunStart = { plan, run: evidenceOf().run };

/** Creates the folder of a run whose runner was killed. Its last window is an incomplete line. */
function leftBehind(t: TestContext, windows = 3): string {
  const folder = RunFolder.create(temporaryFolder(t), start);
  folder.appendSample({ probe: 'target', atMs: RUN_START_MS - 1000, values: { heapUsedBytes: 1 } });
  for (let i = 0; i < windows; i++) {
    folder.appendWindow(
      windowAt(5 * i, [...requestSeries(READ, repeat(10, 100), { failed: 1 }), counterSeries(METRICS.vus, 10)]),
    );
    folder.appendSample({ probe: 'target', atMs: RUN_START_MS + 5000 * i, values: { heapUsedBytes: i } });
  }
  folder.close();
  appendFileSync(runFilePath(folder.path, 'windows'), '{"startMs":17370');
  return folder.path;
}

describe('a run with a result', () => {
  test('loadResult loads a result from the run folder or from its result.json', async (t) => {
    const folder = temporaryFolder(t);
    const result = resultOf();
    writeFileSync(runFilePath(folder, 'result'), JSON.stringify(result));
    const expected = { result: JSON.parse(JSON.stringify(result)), folder, recovered: false };
    assert.deepEqual(await loadResult(folder), expected);
    assert.deepEqual(await loadResult(runFilePath(folder, 'result')), expected);
  });

  test('loadResult does not assemble a result again if result.json exists', async (t) => {
    const folder = leftBehind(t);
    writeFileSync(runFilePath(folder, 'result'), JSON.stringify(resultOf()));
    const { result, recovered } = await loadResult(folder);
    assert.equal(recovered, false);
    assert.equal(result.totals.requests, resultOf().totals.requests);
  });

  test('loadResult rejects a result that is not valid and leaves the file unchanged', async (t) => {
    const folder = leftBehind(t);
    writeFileSync(runFilePath(folder, 'result'), '{"schemaVersion": 1}');
    await assert.rejects(loadResult(folder), problem(/result\.json is not a valid result: /));
    assert.equal(readFileSync(runFilePath(folder, 'result'), 'utf8'), '{"schemaVersion": 1}');
  });
});

describe('a run whose runner died', () => {
  test('a run whose runner died gets a partial result from all complete windows, which is then stored', async (t) => {
    const folder = leftBehind(t);
    const { result, recovered } = await loadResult(folder);
    assert.equal(recovered, true);
    assertValidResult(result);
    const { run, totals, windows, resources, verdict } = result;
    assert.deepEqual([run.outcome, run.partial, run.durationMs], ['crashed', true, 15_000]);
    assert.deepEqual(run.notes, ['unreadable lines of windows.ndjson were ignored: 1']);
    assert.deepEqual([totals.requests, totals.errors], [30, 3]);
    assert.deepEqual(windows.requests, [10, 10, 10]);
    assert.deepEqual(resources.target?.atMs, [-1000, 0, 5000, 10_000]);
    assert.deepEqual(verdict, {
      decision: 'INVALID',
      reasons: ['the run crashed: the runner ended before the end of the run'],
    });
    assert.equal(result.criteria[0]?.value, 0.1);
    const again = await loadResult(folder);
    assert.equal(again.recovered, false);
    assert.deepEqual(again.result, JSON.parse(JSON.stringify(result)));
  });

  test('a run whose runner died gets the values of k6 if k6 wrote a summary', async (t) => {
    const folder = leftBehind(t);
    writeFileSync(runFilePath(folder, 'summary'), JSON.stringify(summaryWith({ requests: 30, durationMs: 14_500 })));
    const { result } = await loadResult(folder);
    assert.equal(result.run.partial, false);
    assert.equal(result.run.outcome, 'crashed');
    assert.equal(result.run.durationMs, 14_500);
    assert.equal(result.generator.requestsByK6, 30);
  });

  test('a run whose runner died gets values from every generator, including generators that finished', async (t) => {
    const generators = ['generator-1', 'generator-2'];
    const folder = RunFolder.create(temporaryFolder(t), { ...start, generators });
    const { add: take, finish } = collectTelemetry(generators, 5000, (window) => folder.appendWindow(window));
    take({ generator: 'generator-1', window: windowAt(0, requestSeries(READ, repeat(10, 100))) });
    take({ generator: 'generator-2', window: windowAt(1, requestSeries(READ, repeat(20, 100))) });
    finish();
    folder.close();
    const summary = JSON.stringify(summaryWith({ requests: 10 }));
    writeFileSync(runFilePath(folder.path, 'summary', 'generator-1'), summary);
    const { result } = await loadResult(folder.path);
    assertValidResult(result);
    assert.equal(result.run.partial, true);
    assert.equal(result.totals.requests, 30);
    assert.deepEqual(
      result.generators?.map(({ name, outcome, requests, requestsByK6 }) => [name, outcome, requests, requestsByK6]),
      [
        ['generator-1', 'crashed', 10, 10],
        ['generator-2', 'crashed', 20, null],
      ],
    );
  });

  test('a run whose runner died gets a result even without a window', async (t) => {
    const { result } = await loadResult(leftBehind(t, 0));
    assertValidResult(result);
    assert.equal(result.totals.requests, 0);
    assert.equal(result.verdict.decision, 'INVALID');
  });

  test('a run whose runner died gets a result even if the result cannot be written', async (t) => {
    const folder = leftBehind(t);
    mkdirSync(`${runFilePath(folder, 'result')}.partial`);
    const { result, recovered } = await loadResult(folder);
    assert.equal(recovered, true);
    assert.equal(result.totals.requests, 30);
    assert.ok(!existsSync(runFilePath(folder, 'result')));
  });
});

test('loadResult rejects a run in progress, because it has no result yet', async (t) => {
  setEnvironment(t, { TMPDIR: temporaryFolder(t) });
  const { product, test: name } = plan;
  const lock = await lockMachine(`${product}/${name}`);
  t.after(() => lock[Symbol.asyncDispose]());
  const base = temporaryFolder(t);
  const runFolder = RunFolder.create(base, {
    plan,
    run: { ...start.run, startedAt: new Date().toISOString() },
  });
  runFolder.close();
  await assert.rejects(
    loadResult(runFolder.path),
    problem(/is still in progress \(process \d+\)\. Its result will be available/),
  );
  assert.ok(!existsSync(runFolder.file('result')));
  // The run started before the lock was taken, so the lock belongs to a different run of the same test.
  assert.equal((await loadResult(leftBehind(t))).recovered, true);
});

describe('loadResult', () => {
  test('loadResult rejects a missing path', async (t) => {
    const missing = path.join(temporaryFolder(t), 'nowhere');
    await assert.rejects(loadResult(missing), problem(/nowhere does not exist\. Give a run folder/));
  });

  test('loadResult rejects a folder or file that is not a run', async (t) => {
    const folder = temporaryFolder(t);
    await assert.rejects(loadResult(folder), problem(/is not a run folder: run\.json is missing/));
    const file = path.join(folder, 'notes.txt');
    writeFileSync(file, 'hello');
    await assert.rejects(loadResult(file), problem(/notes\.txt is not a result/));
  });
});
