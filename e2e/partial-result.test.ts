import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { runDocument } from '../cli/report/run-document.ts';
import { loadResult } from '../cli/results/load.ts';
import { assertValidResult } from '../cli/results/schema.ts';
import { Problem } from '../cli/support/problem.ts';
import { assertAgreement } from '../cli/testing/agreement.ts';
import { sum } from '../lib/core/numbers/index.ts';
import { assertNoStack, assertVerdict, eventually, type RunFiles, Sandbox, type Started } from './suite.ts';
import { startTarget, type Target } from './target.ts';

const sandbox = new Sandbox();
const deployment = new Sandbox({ outlivesTests: true });
let target: Target;

before(async () => {
  // A run in progress is detected by the lock that the runs in this file take.
  process.env.TMPDIR = sandbox.temp;
  target = await startTarget(deployment);
});
after(() => target.stop());

/** Light, and long enough to be ended before its time. */
const LOAD = ['baseline', '--time-scale', '0.2', '--vus-scale', '0.1'];

/** When it ends: with so many windows closed, and so far into the next. */
const MOMENTS = [
  { windows: 0, laterMs: 0 },
  { windows: 1, laterMs: 350 },
  { windows: 4, laterMs: 800 },
];

async function underLoad(
  { windows, laterMs }: (typeof MOMENTS)[number],
  env: Record<string, string>,
): Promise<{ started: Started; run: RunFiles; k6: number }> {
  const started = sandbox.startRun(LOAD, { env });
  const run = await sandbox.windowsClosed(windows, started);
  const k6 = await eventually('k6', () => {
    try {
      return run.k6;
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

/** Every window that had closed is in the result, and the result is one like any other. */
async function assertPartialResult({ folder }: RunFiles, requests: number[]) {
  const { result } = await loadResult(folder);
  assertValidResult(result);
  assert.equal(result.run.outcome, 'crashed');
  assert.equal(result.run.partial, true);
  assert.equal(result.verdict.decision, 'INVALID');
  assert.deepEqual(result.windows.requests, requests);
  assert.equal(result.totals.requests, sum(requests));
  const again = await loadResult(folder);
  assert.equal(again.recovered, false, 'it is kept');
  assert.deepEqual(again.result, JSON.parse(JSON.stringify(result)));
}

for (const [who, victims] of Object.entries(VICTIMS)) {
  describe(`kill -9 of ${who}`, () => {
    for (const moment of MOMENTS) {
      test(`with ${moment.windows} windows closed: a partial result with all of them`, async () => {
        const { started, run, k6 } = await underLoad(moment, { API_URL: target.url });
        for (const pid of victims({ runner: started.pid, k6 })) process.kill(pid, 'SIGKILL');
        const ended = await started.ended;
        await sandbox.assertNothingRuns();
        if (who === 'k6') {
          assertVerdict(ended, 3, 'INVALID');
          assert.match(ended.stdout, /INVALID .*\n +the run crashed: k6 was ended by SIGKILL/);
        } else assert.equal(ended.signal, 'SIGKILL');
        assert.equal(run.names.includes('result.json'), who === 'k6');
        const requests = run.requestsByWindow();
        assert.ok(requests.length >= moment.windows);
        await assertPartialResult(run, requests);
      });
    }
  });
}

test('kill -9 of everything, the target that was started for the run among it: a report makes the result', async () => {
  const { started, run } = await underLoad({ windows: 2, laterMs: 100 }, {});
  sandbox.endAll();
  await started.ended;
  await sandbox.assertNothingRuns();
  const ended = await sandbox.command(['report', '-f', 'terminal,markdown', '--results', sandbox.results]);
  assert.equal(ended.code, 0, ended.stderr);
  assertNoStack(ended);
  assert.match(ended.stdout, /^\nINVALID {2}booking\/baseline on local .*, partial\)$/m);
  assert.match(
    ended.stderr,
    /^The run had no result\. It was made now, from the windows that had closed\.$/m,
  );
  assert.match(
    run.text('report.md'),
    /k6 wrote no summary, so all values come from complete telemetry windows\./,
  );
  assertAgreement(runDocument(run.result), run.result);
  await assertPartialResult(run, run.requestsByWindow());
});

test('as long as it goes on, a run has no partial result', async () => {
  const { started, run } = await underLoad({ windows: 1, laterMs: 0 }, { API_URL: target.url });
  await assert.rejects(loadResult(run.folder), (error) => {
    assert.ok(error instanceof Problem, `${error}`);
    assert.match(error.message, new RegExp(`is still in progress \\(process ${started.pid}\\)`));
    return true;
  });
  assert.ok(!run.names.includes('result.json'));
  started.kill('SIGKILL');
  await started.ended;
  await assertPartialResult(run, run.requestsByWindow());
});
