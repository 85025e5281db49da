import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MAX_SAMPLES } from '../../cli/probes/sampling.ts';
import { recoverResult } from '../../cli/results/recover.ts';
import { temporaryFolder } from '../../cli/testing/environment.ts';
import { MAX_SLICES } from '../../lib/core/telemetry/index.ts';
import { receiveRun } from './receive-run.ts';
import { exportsOf, planOf } from './traffic.ts';

/**
 * Number of windows above the maximum number of slices and of samples, so that the result must merge slices and
 * samples.
 */
const WINDOWS = Math.max(MAX_SLICES, MAX_SAMPLES) + 101;
const MAX_RESULT_BYTES = 5 * 1024 * 1024;

const total = (column: readonly number[]) => column.reduce((sum, value) => sum + value, 0);

test('the result of a long run counts every request and stays within its size limit', async (t) => {
  const plan = planOf(WINDOWS);
  const run = await receiveRun(plan, temporaryFolder(t));
  const sent = { requests: 0, errors: 0 };
  for (const { body, requests, errors } of exportsOf(plan)) {
    const response = await fetch(`http://${run.endpoint}/v1/metrics`, {
      method: 'POST',
      body: Buffer.from(body),
    });
    assert.equal(response.status, 200);
    sent.requests += requests;
    sent.errors += errors;
  }
  const { result, folder, resultBytes } = await run.finish();

  const { totals, windows, resources, generator, phases, endpoints, errors } = result;
  assert.deepEqual({ requests: totals.requests, errors: totals.errors }, sent);
  assert.equal(total(windows.requests), sent.requests);
  assert.equal(total(windows.errors), sent.errors);
  assert.equal(total(phases.map(({ requests }) => requests)), sent.requests);
  assert.equal(total(endpoints.map(({ requests }) => requests)), sent.requests);
  assert.equal(total(errors.map(({ count }) => count)), sent.errors);
  assert.equal(generator.telemetryOverflowed, false);

  assert.ok(windows.startMs.length <= MAX_SLICES, `${windows.startMs.length} slices`);
  for (const samples of [...Object.values(resources), generator.samples])
    assert.ok(samples.atMs.length <= MAX_SAMPLES + 1, `${samples.atMs.length} samples`);
  assert.ok(resultBytes < MAX_RESULT_BYTES, `${resultBytes} bytes`);

  const recovered = await recoverResult(folder);
  for (const part of ['totals', 'windows', 'resources', 'generator', 'endpoints', 'flows', 'errors'] as const)
    assert.deepEqual(recovered[part], result[part]);
});

test('the result of a run with many generators counts every request and lists each generator', async (t) => {
  const names = Array.from({ length: 20 }, (_, i) => `generator-${i + 1}`);
  const plan = planOf(6);
  const run = await receiveRun(plan, temporaryFolder(t), names);
  const senders = names.map((generator, i) => ({ generator, laterMs: 100 * i }));
  const sent = { requests: 0, errors: 0 };
  for (const { body, requests, errors } of exportsOf(plan, { senders })) {
    await fetch(`http://${run.endpoint}/v1/metrics`, { method: 'POST', body: Buffer.from(body) });
    sent.requests += requests;
    sent.errors += errors;
  }
  const { result } = await run.finish();
  assert.deepEqual({ requests: result.totals.requests, errors: result.totals.errors }, sent);
  assert.equal(result.windows.startMs.length, 6);
  assert.deepEqual(
    result.generators?.map(({ name, requests, lateWindows }) => [name, requests, lateWindows]),
    names.map((name) => [name, sent.requests / names.length, 0]),
  );
});
