import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertValidResult } from '../cli/results/schema.ts';
import { serve } from '../cli/testing/environment.ts';
import { sum } from '../lib/core/numbers/index.ts';
import { assertNoStack, assertRefused, eventually, type RunFiles, type RunningCommand, Sandbox } from './sandbox.ts';

const sandbox = new Sandbox();

/** Settings for a light load that lasts long enough to interrupt the run. */
const LOAD = ['baseline', '--time-scale', '0.2', '--vus-scale', '0.1'];
const WINDOWS = 2;

async function underLoad({ launcher = false } = {}): Promise<{ started: RunningCommand; run: RunFiles }> {
  const started = sandbox.startRun(LOAD, { launcher });
  return { started, run: await sandbox.waitForWindows(WINDOWS, started) };
}

/** Asserts that the result contains every completed window. */
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
  test(`${signal} during a run stops k6 and reports the measurements so far as interrupted`, async () => {
    const { started, run } = await underLoad({ launcher });
    started.kill(signal);
    const exit = await started.exit;
    assert.equal(exit.code, 130, exit.stderr);
    assertNoStack(exit);
    assert.match(exit.stderr, /^Stopping: k6 finishes its iterations .* Ctrl-C again to stop immediately\.$/m);
    assert.match(exit.stdout, /the run was interrupted: stopped by the user/);
    const { result, summary } = run;
    assert.equal(result.run.outcome, 'interrupted');
    assert.equal(result.run.partial, false);
    assert.equal(result.verdict.decision, 'INVALID');
    assert.equal(result.totals.requests, summary.requests);
    assertWindowsKept(run);
  });
}

test('a second Ctrl-C kills a k6 that does not stop and leaves a partial result', async () => {
  const { started, run } = await underLoad();
  process.kill(run.k6Pid, 'SIGSTOP');
  started.kill('SIGINT');
  await eventually('reaction to the first Ctrl-C', () => started.stderr.includes('Stopping: '));
  started.kill('SIGINT');
  const exit = await started.exit;
  assert.equal(exit.code, 130, exit.stderr);
  assertNoStack(exit);
  assert.equal(run.result.run.outcome, 'interrupted');
  assert.equal(run.result.run.partial, true);
  assert.ok(!run.names.includes('summary.json'));
  assertWindowsKept(run);
});

test('Ctrl-C before the load starts ends the run and reports that nothing was measured', async () => {
  const started = sandbox.startRun(LOAD);
  await eventually('preparation', () =>
    sandbox.processes().some(({ command }) => /reference-service\/main/.test(command)),
  );
  started.kill('SIGINT');
  assertRefused(await started.exit, 130, 'Interrupted before the load began. Nothing was measured.');
  assert.equal(sandbox.lastRunOrNull, null);
});

test('Ctrl-C ends a run that is waiting for a target to become ready', async (t) => {
  let healthChecks = 0;
  const API_URL = await serve(t, (_, response) => {
    healthChecks += 1;
    response.writeHead(503).end();
  });
  const started = sandbox.startRun(LOAD, { env: { API_URL } });
  await eventually('health checks', () => healthChecks > 1);
  started.kill('SIGINT');
  assertRefused(await started.exit, 130, 'Interrupted before the load began. Nothing was measured.');
});

test('kill -9 of the CLI also ends k6 and the target, and keeps all files of the run', async () => {
  const { started, run } = await underLoad({ launcher: true });
  const cli = sandbox.processes().find(({ command }) => /cli\/main\.ts run /.test(command));
  assert.ok(cli && cli.pid !== started.pid, 'the launcher and the CLI are separate processes');
  process.kill(cli.pid, 'SIGKILL');
  const exit = await started.exit;
  assert.equal(exit.code, 128 + 9);
  await sandbox.assertNothingRuns();
  assert.ok(!run.names.includes('result.json'));
  assert.ok(run.windows().length >= WINDOWS);
  const { plan, run: runInfo } = JSON.parse(run.read('run.json'));
  assert.equal(plan.test, 'baseline');
  assert.equal(runInfo.product, 'booking');
});

test('kill -9 of the launcher ends the run gracefully', async () => {
  const { started, run } = await underLoad({ launcher: true });
  started.kill('SIGKILL');
  await sandbox.assertNothingRuns(30_000);
  assert.equal(run.result.run.outcome, 'interrupted');
  assertWindowsKept(run);
});
