import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertValidResult } from '../cli/results/schema.ts';
import { assessReadiness, type ComponentName } from '../lib/core/readiness.ts';
import { PM2_COLUMNS, TARGET_COLUMNS } from '../lib/core/resources.ts';
import type { Result } from '../lib/core/result.ts';
import { assertVerdict, Sandbox } from './suite.ts';

const sandbox = new Sandbox();

const SHORT = ['--time-scale', '0.15'];

const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);

const scoreOf = (result: Result, name: ComponentName) =>
  assessReadiness(result).components.find(({ component }) => component === name)?.score ?? Number.NaN;

test('smoke: every status as it is meant, and no booking is left unaccounted for', async () => {
  assertVerdict(await sandbox.run(['tarot/smoke']), 0, 'GO');
  const { result } = sandbox.theRun;
  assertValidResult(result);
  assert.deepEqual(result.statuses, { 200: 4, 201: 1, 401: 2, 404: 1 });
  assert.deepEqual(result.contracts, { share: 1, checked: 4, broken: 0 });
  assert.deepEqual(result.cleanup?.created, { booking: 1 });
});

test('stress: two thirds are refused by design, and the service is READY', async () => {
  const ended = await sandbox.run(['tarot/stress', ...SHORT]);
  assertVerdict(ended, 0, 'GO');
  assert.match(ended.stdout, /Readiness\n {2}READY: \d\d of 60 points/);
  const { result } = sandbox.theRun;
  assertValidResult(result);
  const { requests, errors, refusals } = result.totals;
  assert.equal(errors, 0);
  assert.deepEqual(refusals, { 429: result.statuses['429'] });
  const share = (refusals['429'] ?? 0) / requests;
  assert.ok(share > 0.55 && share < 0.75, `refused: ${share}`);
  for (const { name, requests: own, statuses, refusals: refused } of result.endpoints) {
    assert.equal(sum(Object.values(statuses)), own, name);
    const { 429: limited, ...others } = statuses;
    assert.equal(refused['429'], limited, name);
    assert.ok(Object.keys(others).length <= 1, `${name}: one status that it is to have`);
  }

  assert.ok(result.resources.pm2, 'PM2 was watched');
  assert.deepEqual(new Set(result.resources.pm2.columns[PM2_COLUMNS.online]), new Set([1]));
  assert.ok(result.resources.pm2.columns['tarot-0.residentBytes']);
  assert.deepEqual(result.details.configuration, {
    required: ['DATABASE_URL', 'ADMIN_TOKEN', 'TAROT_SIGNING_KEY'],
    missing: [],
  });
  assert.equal(assessReadiness(result).ready, true);
  assert.match(sandbox.theRun.text('report.md'), /\| GET \/api\/health \| 429 \|/);
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
  assert.equal(assessReadiness(result).ready, false);
  assert.ok(scoreOf(result, 'load-handling') <= 2);
  assert.ok(scoreOf(result, 'configuration') <= 3);
  const report = sandbox.theRun.text('report.md');
  assert.match(report, /NOT READY: \d\d of 60 points/);
  assert.match(report, /required variables that are not set: TAROT_SIGNING_KEY/);
});
