import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { assertValidResult } from '../cli/results/schema.ts';
import { assertVerdict, type RunFiles, type RunningCommand, Sandbox } from './sandbox.ts';

const sandbox = new Sandbox();

const FILES = [
  'details.json',
  'k6.log',
  'report.html',
  'report.md',
  'result.json',
  'run.json',
  'samples.ndjson',
  'summary.json',
  'windows.ndjson',
];
const SECRETS = { ADMIN_TOKEN: 'token-2f8c51d07be94', WEBHOOK_SECRET: 'key-93b1e6a7405cd' };

const assertNoSecrets = (text: string, source: string) => {
  for (const value of Object.values(SECRETS)) assert.ok(!text.includes(value), `no secret in ${source}`);
};

/** Returns the arguments of all processes that exist while a command runs. */
async function commandLines(started: RunningCommand): Promise<string[]> {
  const commands = new Set<string>();
  while (started.isRunning) {
    for (const { command } of sandbox.processes()) commands.add(command);
    await sleep(100);
  }
  return [...commands];
}

test('booking/smoke is GO, writes all files of a run and exposes no secrets', async () => {
  const started = sandbox.startRun(['smoke', '--label', 'instance=t3.medium'], { env: SECRETS });
  const commands = await commandLines(started);
  const exit = await started.exit;
  assertVerdict(exit, 0, 'GO');

  const run = sandbox.lastRun;
  assert.deepEqual(run.names, FILES);
  const { result } = run;
  assertValidResult(result);
  assert.equal(result.verdict.decision, 'GO');
  assert.equal(result.run.outcome, 'completed');
  assert.deepEqual(result.run.labels, { instance: 't3.medium' });
  assert.deepEqual(result.run.notes, []);
  assert.equal(result.run.partial, false);
  assert.equal(result.totals.errors, 0);
  assertContractsChecked(run);
  assertFlowReported(run);

  assert.ok(
    commands.some((command) => /k6\S* run /.test(command)),
    'the checked processes include k6',
  );
  assert.ok(commands.some((command) => /postgres.* -D /.test(command)));
  assertNoSecrets(commands.join('\n'), 'the arguments of any process');
  assertNoSecrets(exit.stdout + exit.stderr, 'the output');
  for (const name of run.names) assertNoSecrets(run.read(name), name);
});

/**
 * Asserts that every response was checked against its contract, except the 401 response to the forged message, which
 * has no contract.
 */
function assertContractsChecked({ result }: RunFiles): void {
  const forged = result.endpoints.find(({ name }) => name.endsWith('(wrong signature)'));
  assert.equal(forged?.requests, 1);
  assert.equal(forged.errors, 0, 'an expected refusal is not an error');
  assert.equal(result.statuses['401'], 1);
  assert.deepEqual(result.contracts, { share: 1, checked: result.totals.requests - 1, broken: 0 });
}

function assertFlowReported({ result }: RunFiles): void {
  const [flow] = result.flows;
  assert.equal(flow?.name, 'booking');
  assert.equal(flow.iterations, 1);
  assert.equal(flow.successRate, 1);
  assert.deepEqual(
    flow.steps.map(({ name, observable, attempts }) => ({ name, observable, attempts })),
    [
      'webhook-receive',
      'signature-validation',
      'queue-job',
      'ai-processing',
      'create-booking',
      'send-confirmation',
      'admin-retrieval',
    ].map((name) => ({ name, observable: true, attempts: 1 })),
  );
}

/** Returns the distinct names of the events in a dashboard recording. */
function recordedEvents(run: RunFiles): string[] {
  const text = gunzipSync(readFileSync(path.join(run.folder, 'dashboard.ndjson.gz'))).toString();
  assertNoSecrets(text, 'the recording');
  const events = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).event);
  return [...new Set(events)].sort();
}

test('run --dashboard writes the dashboard and its recording', async () => {
  const exit = await sandbox.run(['smoke', '--dashboard'], {
    env: { ...SECRETS, K6_WEB_DASHBOARD_PERIOD: '1s' },
  });
  assertVerdict(exit, 0, 'GO');
  assert.match(exit.stderr, /^Dashboard: http:\/\/127\.0\.0\.1:\d+$/m);
  const run = sandbox.lastRun;
  assert.deepEqual(run.names, ['dashboard.html', 'dashboard.ndjson.gz', ...FILES]);
  const html = run.read('dashboard.html');
  assert.match(html, /^<!doctype html>/i);
  assertNoSecrets(html, 'dashboard.html');
  assert.ok(recordedEvents(run).includes('snapshot'), 'the recording has values over time');
});

test('run --dashboard writes only the recording, and notes the reason, if the run is shorter than a dashboard period', async () => {
  const exit = await sandbox.run(['smoke', '--dashboard']);
  assertVerdict(exit, 0, 'GO');
  const run = sandbox.lastRun;
  assert.deepEqual(run.names, ['dashboard.ndjson.gz', ...FILES]);
  assert.ok(!recordedEvents(run).includes('snapshot'));
  assert.match(run.result.run.notes.join(), /report generation was skipped \(not enough data\)/);
});
