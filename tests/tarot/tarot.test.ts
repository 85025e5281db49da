import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertValidResult } from '../../cli/results/schema.ts';
import { assertVerdict, Sandbox } from '../../e2e/suite.ts';
import {
  type ComponentName,
  PM2_COLUMNS,
  type Result,
  TARGET_COLUMNS,
} from '../../lib/core/evidence/index.ts';

const sandbox = new Sandbox();

const SHORT = ['--time-scale', '0.15'];

const scoreOf = (result: Result, name: ComponentName) =>
  result.readiness?.components.find(({ component }) => component === name)?.score ?? Number.NaN;

test('smoke: every status as it is meant, and no booking is left unaccounted for', async () => {
  assertVerdict(await sandbox.run(['tarot/smoke']), 0, 'GO');
  const { result } = sandbox.theRun;
  assertValidResult(result);
  assert.deepEqual(result.statuses, { 200: 4, 201: 1, 401: 2, 404: 1 });
  assert.deepEqual(result.contracts, { share: 1, checked: 4, broken: 0 });
  assert.deepEqual(result.cleanup?.created, { booking: 1 });
});

test('stress with a crash and a variable that is not set: restarts, and NOT READY', async () => {
  const ended = await sandbox.run(['tarot/stress', ...SHORT], {
    env: { TARGET_FAULTS: 'crash:150,unset-variable' },
  });
  assertVerdict(ended, 99, 'NO-GO');
  assert.match(ended.stdout, /NOT READY: \d\d of 60 points/);
  const { result } = sandbox.theRun;
  assert.equal(sandbox.theRun.criterion('restarts').status, 'fail');
  assert.ok(result.diagnosis.some(({ cause }) => cause === 'process-crash'));
  const counted = result.resources.target?.columns[TARGET_COLUMNS.restarts]?.filter((one) => one !== null);
  assert.equal(counted?.at(-1), 1);
  assert.equal(result.resources.pm2?.columns[PM2_COLUMNS.restarts]?.at(-1), 1);
  assert.ok(result.errors.some(({ reason }) => reason === 'configuration_missing'));
  assert.deepEqual(result.details.configuration?.missing, ['TAROT_SIGNING_KEY']);
  assert.equal(result.readiness?.ready, false);
  assert.ok(scoreOf(result, 'load-handling') <= 2);
  assert.ok(scoreOf(result, 'configuration') <= 3);
  const report = sandbox.theRun.text('report.md');
  assert.match(report, /NOT READY: \d\d of 60 points/);
  assert.match(report, /required variables not set: TAROT_SIGNING_KEY/);
});
