import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { before, test } from 'node:test';
import type { Summary } from '../lib/core/telemetry/index.ts';
import { Checkout } from './checkout.ts';
import { Sandbox } from './sandbox.ts';
import { startTarget } from './target.ts';

const deployment = new Sandbox({ outlivesTests: true });
const sandbox = new Sandbox();
const checkout = new Checkout(sandbox);

before(async () => {
  assert.match(await checkout.bundle(), /^dist\/booking\/peak\.js$/m);
});

/** Runs a bundle directly with k6, like the README shows. */
async function runPeakWithK6(name: string, env: Record<string, string>) {
  const cwd = sandbox.subfolder(name);
  mkdirSync(path.join(cwd, 'results'));
  const bundle = path.join(checkout.root, 'dist', 'booking', 'peak.js');
  return { cwd, ...(await sandbox.k6([bundle], { cwd, env })) };
}

test('a bundled test that is run directly with k6 names missing variables before it sends requests', async () => {
  const { code, stderr } = await runPeakWithK6('incomplete', {
    TEST_ENV: 'staging',
    API_URL: 'http://127.0.0.1:1',
  });
  assert.notEqual(code, 0);
  assert.match(stderr, /ADMIN_TOKEN is not set \(.* WEBHOOK_SECRET is not set \(/);
  assert.doesNotMatch(stderr, /Request Failed/);
});

test('a bundled test that is run directly with k6 writes and prints its summary', async (t) => {
  const target = await startTarget(deployment);
  t.after(() => target.stop());
  const { cwd, code, stdout, stderr } = await runPeakWithK6('complete', {
    API_URL: target.url,
    TIME_SCALE: '0.01',
    VUS_SCALE: '0.05',
  });
  assert.equal(code, 0, stderr);

  assert.deepEqual(readdirSync(path.join(cwd, 'results')), ['booking-peak.summary.json']);
  const summary: Summary = JSON.parse(readFileSync(path.join(cwd, 'results', 'booking-peak.summary.json'), 'utf8'));
  assert.equal(summary.test, 'peak');
  assert.ok(summary.requests > 0);
  assert.equal(summary.errors, 0);
  assert.match(stdout, /booking\/peak +requests +p50 +p95 +p99 +errors/);
  assert.match(stdout, new RegExp(`all requests +${summary.requests} `));
  assert.match(stdout, /GET \/admin\/bookings\/:id +\d+/);
  assert.match(stdout, /All figures: results\/booking-peak\.summary\.json/);
});
