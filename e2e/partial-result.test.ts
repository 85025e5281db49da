import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { runDocument } from '../cli/report/run-document.ts';
import { loadResult } from '../cli/results/load.ts';
import { assertValidResult } from '../cli/results/schema.ts';
import { Problem } from '../cli/support/problem.ts';
import { assertAgreement } from '../cli/testing/agreement.ts';
import { sum } from '../lib/core/numbers/index.ts';
import { assertNoStack, assertVerdict, eventually, type RunFiles, type RunningCommand, Sandbox } from './sandbox.ts';
import { startTarget, type Target } from './target.ts';

const sandbox = new Sandbox();
const deployment = new Sandbox({ outlivesTests: true });
let target: Target;

before(async () => {
  // Use the temporary folder of the sandbox, because loadResult() searches it for the lock of a run in progress.
  process.env.TMPDIR = sandbox.temp;
  target = await startTarget(deployment);
});
after(() => target.stop());

/** Settings for a light load that lasts long enough to interrupt the run. */
const LOAD = ['baseline', '--time-scale', '0.2', '--vus-scale', '0.1'];

/** When to kill processes: `laterMs` after this number of telemetry windows is complete. */
const MOMENTS = [
  { windows: 0, laterMs: 0 },
  { windows: 1, laterMs: 350 },
  { windows: 4, laterMs: 800 },
];

async function underLoad(
  { windows, laterMs }: (typeof MOMENTS)[number],
  env: Record<string, string>,
): Promise<{ started: RunningCommand; run: RunFiles; k6: number }> {
  const started = sandbox.startRun(LOAD, { env });
  const run = await sandbox.waitForWindows(windows, started);
  const k6 = await eventually('k6', () => {
    try {
      return run.k6Pid;
    } catch {
      return null;
    }
  });
  await sleep(laterMs);
  return { started, run, k6 };
}

type Victim = (processes: { runner: number; k6: number }) => number[];
const VICTIMS: Record<string, Victim> = {
  k6: ({ k6 }) => [k6],
  'the runner': ({ runner }) => [runner],
  'the runner and k6': ({ runner, k6 }) => [runner, k6],
};

/** Asserts that the result is valid and contains every completed window. */
async function assertPartialResult({ folder }: RunFiles, requests: number[]) {
  const { result } = await loadResult(folder);
  assertValidResult(result);
  assert.equal(result.run.outcome, 'crashed');
  assert.equal(result.run.partial, true);
  assert.equal(result.verdict.decision, 'INVALID');
  assert.deepEqual(result.windows.requests, requests);
  assert.equal(result.totals.requests, sum(requests));
  const reloaded = await loadResult(folder);
  assert.equal(reloaded.recovered, false, 'the recovered result was saved');
  assert.deepEqual(reloaded.result, JSON.parse(JSON.stringify(result)));
}

for (const [processes, victims] of Object.entries(VICTIMS)) {
  describe(`kill -9 of ${processes}`, () => {
    for (const moment of MOMENTS) {
      test(`kill -9 of ${processes} after ${moment.windows} telemetry windows leaves a result that contains every window`, async () => {
        const { started, run, k6 } = await underLoad(moment, { API_URL: target.url });
        for (const pid of victims({ runner: started.pid, k6 })) process.kill(pid, 'SIGKILL');
        const exit = await started.exit;
        await sandbox.assertNothingRuns();
        if (processes === 'k6') {
          assertVerdict(exit, 3, 'INVALID');
          assert.match(exit.stdout, /INVALID .*\n +the run crashed: k6 was ended by SIGKILL/);
        } else assert.equal(exit.signal, 'SIGKILL');
        assert.equal(run.names.includes('result.json'), processes === 'k6');
        const requests = run.requestsByWindow();
        assert.ok(requests.length >= moment.windows);
        await assertPartialResult(run, requests);
      });
    }
  });
}

test('report creates the result of a run after kill -9 of all processes, including the target', async () => {
  const { started, run } = await underLoad({ windows: 2, laterMs: 100 }, {});
  sandbox.killAll();
  await started.exit;
  await sandbox.assertNothingRuns();
  const exit = await sandbox.runCommand(['report', '-f', 'terminal,markdown', '--results', sandbox.results]);
  assert.equal(exit.code, 0, exit.stderr);
  assertNoStack(exit);
  assert.match(exit.stdout, /^\nINVALID {2}booking\/baseline on local .*, partial\)$/m);
  assert.match(exit.stderr, /^The run had no result, so its result was assembled now from the recorded windows\.$/m);
  assert.match(run.read('report.md'), /k6 wrote no summary, so all values come from complete telemetry windows\./);
  assertAgreement(runDocument(run.result), run.result);
  await assertPartialResult(run, run.requestsByWindow());
});

test('report does not create a partial result while the run is in progress', async () => {
  const { started, run } = await underLoad({ windows: 1, laterMs: 0 }, { API_URL: target.url });
  await assert.rejects(loadResult(run.folder), (error) => {
    assert.ok(error instanceof Problem, `${error}`);
    assert.match(error.message, new RegExp(`is still in progress \\(process ${started.pid}\\)`));
    return true;
  });
  assert.ok(!run.names.includes('result.json'));
  started.kill('SIGKILL');
  await started.exit;
  await assertPartialResult(run, run.requestsByWindow());
});
