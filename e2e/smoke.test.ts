import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { assertValidResult } from '../cli/results/schema.ts';
import { assertVerdict, type RunFiles, Sandbox, type Started } from './suite.ts';

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

const withoutSecrets = (text: string, where: string) => {
  for (const value of Object.values(SECRETS)) assert.ok(!text.includes(value), `no secret in ${where}`);
};

/** The arguments of every process that a command started, for as long as it runs. */
async function commandLines(started: Started): Promise<string[]> {
  const seen = new Set<string>();
  while (started.isRunning) {
    for (const { command } of sandbox.processes()) seen.add(command);
    await sleep(100);
  }
  return [...seen];
}

test('smoke: GO, everything written and valid, and no secret anywhere', async () => {
  const started = sandbox.startRun(['smoke', '--label', 'instance=t3.medium'], { env: SECRETS });
  const commands = await commandLines(started);
  const ended = await started.ended;
  assertVerdict(ended, 0, 'GO');

  const run = sandbox.theRun;
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
  assertFlowSeen(run);

  assert.ok(
    commands.some((command) => /k6\S* run /.test(command)),
    'k6 was among the processes looked at',
  );
  assert.ok(commands.some((command) => /postgres.* -D /.test(command)));
  withoutSecrets(commands.join('\n'), 'the arguments of any process');
  withoutSecrets(ended.stdout + ended.stderr, 'the output');
  for (const name of run.names) withoutSecrets(run.text(name), name);
});

/** Every answer whose endpoint has a contract was held against it; a forged message and its 401 have none. */
function assertContractsChecked({ result }: RunFiles): void {
  const forged = result.endpoints.find(({ name }) => name.endsWith('(wrong signature)'));
  assert.equal(forged?.requests, 1);
  assert.equal(forged.errors, 0, 'a refusal that is expected is no error');
  assert.equal(result.statuses['401'], 1);
  assert.deepEqual(result.contracts, { share: 1, checked: result.totals.requests - 1, broken: 0 });
}

function assertFlowSeen({ result }: RunFiles): void {
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

/** Events of the dashboard's recording, each name once. */
function recordedEvents(run: RunFiles): string[] {
  const text = gunzipSync(readFileSync(path.join(run.folder, 'dashboard.ndjson.gz'))).toString();
  withoutSecrets(text, 'the recording');
  const events = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).event);
  return [...new Set(events)].sort();
}

test('--dashboard leaves the dashboard and its recording', async () => {
  const ended = await sandbox.run(['smoke', '--dashboard'], {
    env: { ...SECRETS, K6_WEB_DASHBOARD_PERIOD: '1s' },
  });
  assertVerdict(ended, 0, 'GO');
  assert.match(ended.stderr, /^Dashboard: http:\/\/127\.0\.0\.1:\d+$/m);
  const run = sandbox.theRun;
  assert.deepEqual(run.names, ['dashboard.html', 'dashboard.ndjson.gz', ...FILES]);
  const html = run.text('dashboard.html');
  assert.match(html, /^<!doctype html>/i);
  withoutSecrets(html, 'dashboard.html');
  assert.ok(recordedEvents(run).includes('snapshot'), 'the recording has values over time');
});

test('a run shorter than a period of the dashboard leaves the recording alone, and the result says why', async () => {
  const ended = await sandbox.run(['smoke', '--dashboard']);
  assertVerdict(ended, 0, 'GO');
  const run = sandbox.theRun;
  assert.deepEqual(run.names, ['dashboard.ndjson.gz', ...FILES]);
  assert.ok(!recordedEvents(run).includes('snapshot'));
  assert.match(run.result.run.notes.join(), /report generation was skipped \(not enough data\)/);
});
