import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertValidResult } from '../cli/results/schema.ts';
import { serve } from '../cli/testing/environment.ts';
import { sum } from '../lib/core/numbers/index.ts';
import { assertNoStack, assertRefused, eventually, type RunFiles, Sandbox, type Started } from './suite.ts';

const sandbox = new Sandbox();

/** Light, and long enough to be ended before its time. */
const LOAD = ['baseline', '--time-scale', '0.2', '--vus-scale', '0.1'];
const WINDOWS = 2;

async function underLoad({ launcher = false } = {}): Promise<{ started: Started; run: RunFiles }> {
  const started = sandbox.startRun(LOAD, { launcher });
  return { started, run: await sandbox.windowsClosed(WINDOWS, started) };
}

/** Every window that had closed is in the result, whatever ended the run. */
function assertWindowsKept(run: RunFiles): void {
  const { result } = run;
  assertValidResult(result);
  const requests = run.requestsByWindow();
  assert.ok(requests.length >= WINDOWS);
  assert.equal(result.windows.requests.length, requests.length);
  assert.equal(result.totals.requests, sum(requests));
  assert.ok(result.totals.requests > 0);
}

for (const [signal, launcher] of [
  ['SIGINT', false],
  ['SIGTERM', true],
] as const) {
  test(`${signal} during the load: k6 stops, and what was measured is reported as interrupted`, async () => {
    const { started, run } = await underLoad({ launcher });
    started.kill(signal);
    const ended = await started.ended;
    assert.equal(ended.code, 130, ended.stderr);
    assertNoStack(ended);
    assert.match(
      ended.stderr,
      /^Stopping: k6 finishes its iterations .* Ctrl-C again to stop immediately\.$/m,
    );
    assert.match(ended.stdout, /the run was interrupted: stopped by the user/);
    const { result, summary } = run;
    assert.equal(result.run.outcome, 'interrupted');
    assert.equal(result.run.partial, false);
    assert.equal(result.verdict.decision, 'INVALID');
    assert.equal(result.totals.requests, summary.requests);
    assertWindowsKept(run);
  });
}

test('Ctrl-C twice ends even a k6 that does not stop, with a partial result', async () => {
  const { started, run } = await underLoad();
  process.kill(run.k6, 'SIGSTOP');
  started.kill('SIGINT');
  await eventually('answer to the first Ctrl-C', () => started.stderr.includes('Stopping: '));
  started.kill('SIGINT');
  const ended = await started.ended;
  assert.equal(ended.code, 130, ended.stderr);
  assertNoStack(ended);
  assert.equal(run.result.run.outcome, 'interrupted');
  assert.equal(run.result.run.partial, true);
  assert.ok(!run.names.includes('summary.json'));
  assertWindowsKept(run);
});

test('Ctrl-C before the load: nothing was measured, and it says so', async () => {
  const started = sandbox.startRun(LOAD);
  await eventually('preparation', () =>
    sandbox.processes().some(({ command }) => /reference-service\/main/.test(command)),
  );
  started.kill('SIGINT');
  assertRefused(await started.ended, 130, 'Interrupted before the load began. Nothing was measured.');
  assert.equal(sandbox.lastRun, null);
});

test('Ctrl-C while a target is waited for ends the waiting', async (t) => {
  let asked = 0;
  const API_URL = await serve(t, (_, response) => {
    asked += 1;
    response.writeHead(503).end();
  });
  const started = sandbox.startRun(LOAD, { env: { API_URL } });
  await eventually('question for its health', () => asked > 1);
  started.kill('SIGINT');
  assertRefused(await started.ended, 130, 'Interrupted before the load began. Nothing was measured.');
});

test('kill -9 of the command line ends k6 and the target too, and leaves its files', async () => {
  const { started, run } = await underLoad({ launcher: true });
  const script = sandbox.processes().find(({ command }) => /cli\/main\.ts run /.test(command));
  assert.ok(script && script.pid !== started.pid, 'the launcher and its script are two processes');
  process.kill(script.pid, 'SIGKILL');
  const ended = await started.ended;
  assert.equal(ended.code, 128 + 9);
  await sandbox.assertNothingRuns();
  assert.ok(!run.names.includes('result.json'));
  assert.ok(run.windows().length >= WINDOWS);
  const { plan, run: start } = JSON.parse(run.text('run.json'));
  assert.equal(plan.test, 'baseline');
  assert.equal(start.product, 'booking');
});

test('kill -9 of the launcher ends the run gracefully', async () => {
  const { started, run } = await underLoad({ launcher: true });
  started.kill('SIGKILL');
  await sandbox.assertNothingRuns(30_000);
  assert.equal(run.result.run.outcome, 'interrupted');
  assertWindowsKept(run);
});
