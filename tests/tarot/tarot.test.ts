import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertValidResult } from '../../cli/results/schema.ts';
import { assertVerdict, Sandbox } from '../../e2e/sandbox.ts';
import { type ComponentName, PM2_COLUMNS, type Result, TARGET_COLUMNS } from '../../lib/core/evidence/index.ts';

const sandbox = new Sandbox();

const SHORT = ['--time-scale', '0.15'];

const scoreOf = (result: Result, name: ComponentName) =>
  result.readiness?.components.find(({ component }) => component === name)?.score ?? Number.NaN;

test('tarot/smoke sees the expected statuses and counts the booking that it creates', async () => {
  assertVerdict(await sandbox.run(['tarot/smoke']), 0, 'GO');
  const { result } = sandbox.lastRun;
  assertValidResult(result);
  assert.deepEqual(result.statuses, { 200: 4, 201: 1, 401: 2, 404: 1 });
  assert.deepEqual(result.contracts, { share: 1, checked: 4, broken: 0 });
  assert.deepEqual(result.cleanup?.created, { booking: 1 });
});

test('tarot/stress is NO-GO and NOT READY after a crash with a required variable missing', async () => {
  const exit = await sandbox.run(['tarot/stress', ...SHORT], {
    env: { TARGET_FAULTS: 'crash:150,unset-variable' },
  });
  assertVerdict(exit, 99, 'NO-GO');
  assert.match(exit.stdout, /NOT READY: \d\d of 60 points/);
  const { result } = sandbox.lastRun;
  assert.equal(sandbox.lastRun.criterion('restarts').status, 'fail');
  assert.ok(result.diagnosis.some(({ cause }) => cause === 'process-crash'));
  const restarts = result.resources.target?.columns[TARGET_COLUMNS.restarts]?.filter((value) => value !== null);
  assert.equal(restarts?.at(-1), 1);
  assert.equal(result.resources.pm2?.columns[PM2_COLUMNS.restarts]?.at(-1), 1);
  assert.ok(result.errors.some(({ reason }) => reason === 'configuration_missing'));
  assert.deepEqual(result.details.configuration?.missing, ['TAROT_SIGNING_KEY']);
  assert.equal(result.readiness?.ready, false);
  assert.ok(scoreOf(result, 'load-handling') <= 2);
  assert.ok(scoreOf(result, 'configuration') <= 3);
  const report = sandbox.lastRun.read('report.md');
  assert.match(report, /NOT READY: \d\d of 60 points/);
  assert.match(report, /required variables not set: TAROT_SIGNING_KEY/);
});
