import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { telemetrySettings } from '../cli/telemetry/k6-settings.ts';
import { receiveTelemetry } from '../cli/telemetry/receiver.ts';
import { temporaryFolder } from '../cli/testing/environment.ts';
import { METRICS } from '../lib/core/metrics/index.ts';
import { sum } from '../lib/core/numbers/index.ts';
import { MAX_TAG_SETS, type RunFigures, RunTally, type Window } from '../lib/core/telemetry/index.ts';
import { testPlan } from '../lib/core/testing/evidence.ts';
import { Sandbox } from './sandbox.ts';

const sandbox = new Sandbox();
const WINDOW_MS = 1000;

/** Runs k6 with a counter that has this number of tag sets, and returns the telemetry that k6 sent. */
async function receive(t: TestContext, tagSets: number): Promise<{ windows: Window[]; figures: RunFigures }> {
  const script = path.join(temporaryFolder(t), 'script.js');
  writeFileSync(
    script,
    `import { Counter } from 'k6/metrics';
     const responses = new Counter('${METRICS.unexpectedResponses}');
     export default () => {
       for (let i = 0; i < ${tagSets}; i++) responses.add(1, { kind: 'server-error', code: '500', reason: 'no ' + i });
     };`,
  );
  const windows: Window[] = [];
  await using receiver = await receiveTelemetry(({ window }) => windows.push(window));
  const exit = await sandbox.k6(['--out', 'opentelemetry', script], {
    env: telemetrySettings(receiver.endpoint, WINDOW_MS),
  });
  assert.equal(exit.code, 0, exit.stderr);
  const tally = new RunTally(testPlan());
  for (const window of windows) tally.add(window);
  return { windows, figures: tally.figures(null) };
}

describe('a counter with many tag sets', () => {
  test('the runner receives all tag sets of a counter if their number is below the limit of k6', async (t) => {
    const { windows, figures } = await receive(t, 1000);
    assert.ok(windows.every(({ overflowed }) => !overflowed));
    assert.equal(figures.overflowed, false);
    assert.equal(figures.errors.length, 1000);
    assert.ok(figures.errors.every(({ count }) => count === 1));
  });

  test('a counter with more tag sets than the limit of k6 is marked as overflowed, and the other tag sets are kept', async (t) => {
    const sent = MAX_TAG_SETS + 500;
    const { windows, figures } = await receive(t, sent);
    assert.ok(windows.some(({ overflowed }) => overflowed));
    assert.equal(figures.overflowed, true);
    const reported = figures.errors.length;
    assert.ok(reported > 0 && reported < sent, `${reported} of ${sent}`);
    assert.equal(sum(figures.windows.errorsByKind['server-error'] ?? []), reported);
  });
});
