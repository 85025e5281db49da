import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertValidResult } from '../../cli/results/schema.ts';
import { assertVerdict, Sandbox } from '../../e2e/sandbox.ts';
import { PM2_COLUMNS } from '../../lib/core/evidence/index.ts';
import { sum } from '../../lib/core/numbers/index.ts';

const sandbox = new Sandbox();

const SHORT = ['--time-scale', '0.15'];

test('tarot/stress is GO and READY although the rate limit refuses two thirds of the requests', async () => {
  const exit = await sandbox.run(['tarot/stress', ...SHORT]);
  assertVerdict(exit, 0, 'GO');
  assert.match(exit.stdout, /Readiness\n {2}READY: \d\d of 60 points/);
  const { result } = sandbox.lastRun;
  assertValidResult(result);
  const { requests, errors, refusals } = result.totals;
  assert.equal(errors, 0);
  assert.deepEqual(refusals, { 429: result.statuses['429'] });
  const share = (refusals['429'] ?? 0) / requests;
  assert.ok(share > 0.55 && share < 0.75, `refused: ${share}`);
  for (const { name, requests: endpointRequests, statuses, refusals: refused } of result.endpoints) {
    assert.equal(sum(Object.values(statuses)), endpointRequests, name);
    const { 429: rateLimited, ...otherStatuses } = statuses;
    assert.equal(refused['429'], rateLimited, name);
    assert.ok(Object.keys(otherStatuses).length <= 1, `${name} has one expected status`);
  }

  assert.ok(result.resources.pm2, 'PM2 was monitored');
  assert.deepEqual(new Set(result.resources.pm2.columns[PM2_COLUMNS.online]), new Set([1]));
  assert.ok(result.resources.pm2.columns['tarot-0.residentBytes']);
  assert.deepEqual(result.details.configuration, {
    required: ['DATABASE_URL', 'ADMIN_TOKEN', 'TAROT_SIGNING_KEY'],
    missing: [],
  });
  assert.equal(result.readiness?.ready, true);
  assert.match(sandbox.lastRun.read('report.md'), /\| GET \/api\/health \| 429 \|/);
});
