import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import { ensureK6 } from '../cli/k6/index.ts';
import { temporaryFolder } from '../cli/testing/environment.ts';
import { type CloudRunState, FakeCloud, RUN_URL } from './fake-cloud.ts';
import { assertNoStack, assertRefused, eventually, ROOT, Sandbox } from './sandbox.ts';
import { startTarget } from './target.ts';

const sandbox = new Sandbox();
const execute = promisify(execFile);

const TOKEN = 'token-of-grafana-cloud-5e1c';
const SECRETS = { ADMIN_TOKEN: 'token-of-staging-77d0', WEBHOOK_SECRET: 'key-of-staging-41fa' };
const STAGING = { TEST_ENV: 'staging', API_URL: 'https://api.staging.example.com', ...SECRETS };
const PROJECT = { K6_CLOUD_TOKEN: TOKEN, K6_CLOUD_STACK_ID: '77', K6_CLOUD_PROJECT_ID: '88' };
const ARCHIVE = path.join(ROOT, 'dist', 'cloud', 'booking-smoke.tar');

interface Metadata {
  options: { cloud?: Record<string, unknown>; ext: { suite: { product: string; test: string } } };
  env: Record<string, string>;
}

async function metadataOf(t: TestContext, archive: Buffer): Promise<Metadata> {
  const file = path.join(temporaryFolder(t), 'archive.tar');
  writeFileSync(file, archive);
  return JSON.parse((await execute('tar', ['-xOf', file, 'metadata.json'])).stdout);
}

function assertWithoutSecrets(content: Buffer | string): void {
  for (const [name, value] of Object.entries(SECRETS)) assert.ok(!content.includes(value), name);
}

describe('cloud render', () => {
  test('cloud render packs a test without secrets, and lists the secrets that the test needs', async (t) => {
    const exit = await sandbox.runCommand(['cloud', 'render', 'smoke', '--time-scale', '0.5'], {
      env: STAGING,
    });
    assert.equal(exit.code, 0, exit.stderr);
    assert.match(exit.stdout, /secrets +ADMIN_TOKEN, WEBHOOK_SECRET: define them in Grafana Cloud k6/);
    assertWithoutSecrets(exit.stdout);
    const archive = readFileSync(ARCHIVE);
    assertWithoutSecrets(archive);
    const { options, env } = await metadataOf(t, archive);
    const { RUN_ID = '', ...otherVariables } = env;
    assert.deepEqual(otherVariables, { API_URL: STAGING.API_URL, TIME_SCALE: '0.5' });
    assert.ok(exit.stdout.includes(RUN_ID), RUN_ID);
    assert.equal(options.ext.suite.test, 'smoke');
    assert.equal(options.cloud ?? null, null);
  });

  test('cloud render packs all files of a test, so that k6 can run the archive without the checkout', async (t) => {
    const target = await startTarget(sandbox);
    t.after(() => target.stop());
    const packed = await sandbox.runCommand(['cloud', 'render', 'smoke'], { env: STAGING });
    assert.equal(packed.code, 0, packed.stderr);
    const { path: k6 } = await ensureK6({ env: process.env, log: () => {} });
    const cwd = temporaryFolder(t);
    const { stdout } = await execute(k6, ['run', '--no-usage-report', '-e', `API_URL=${target.url}`, ARCHIVE], {
      cwd,
      env: { PATH: process.env.PATH },
    });
    assert.match(stdout, /booking\/smoke/);
    await target.stop();
  });

  const refusals: [reason: string, env: Record<string, string>, message: RegExp][] = [
    ['a target on this machine', {}, /^TEST_ENV=local only allows this machine, which Grafana Cloud cannot reach/],
    ['a missing target', { TEST_ENV: 'staging' }, /^API_URL is not set/],
    [
      'production without --allow-production',
      { ...STAGING, TEST_ENV: 'production' },
      /also requires --allow-production/,
    ],
    // The archive contains the value of this secret, because every bundle contains the same text.
    ['a secret in the archive', { ...STAGING, ADMIN_TOKEN: 'load-suite (booking/smoke)' }, /value of ADMIN_TOKEN/],
  ];
  for (const [reason, env, message] of refusals)
    test(`cloud render refuses ${reason}`, async () => {
      assertRefused(await sandbox.runCommand(['cloud', 'render', 'smoke'], { env }), 2, message);
    });
});

describe('cloud run', () => {
  const started = async (t: TestContext, progress: CloudRunState[]) => {
    const cloud = new FakeCloud(TOKEN, progress);
    const url = await cloud.listen(t);
    const env = { ...STAGING, ...PROJECT, K6_CLOUD_HOST_V6: url, K6_SHOW_CLOUD_LOGS: 'false' };
    return {
      cloud,
      command: (more = {}) => sandbox.start(['cloud', 'run', 'smoke'], { env: { ...env, ...more } }),
    };
  };
  const running: CloudRunState = { status: 'running', result: null };

  test('cloud run uploads a test, starts the test and waits until it finishes', async (t) => {
    const { cloud, command } = await started(t, [running, { status: 'completed', result: 'passed' }]);
    const exit = await command({ K6_INCLUDE_SYSTEM_ENV_VARS: 'true' }).exit;
    assert.equal(exit.code, 0, exit.stderr + exit.stdout);
    assert.ok(exit.stdout.includes(RUN_URL), exit.stdout);
    assert.ok(!(exit.stdout + exit.stderr).includes(TOKEN));
    assert.deepEqual(
      cloud.requests.map(({ methodAndPath: request }) => request),
      [
        'POST /cloud/v6/validate_options',
        'POST /cloud/v6/projects/88/load_tests',
        'POST /cloud/v6/load_tests/456/start',
        'GET /cloud/v6/test_runs/123',
        'GET /cloud/v6/test_runs/123',
      ],
    );
    for (const { authorization, stack } of cloud.requests) {
      assert.equal(authorization, `Bearer ${TOKEN}`);
      assert.equal(stack, '77');
    }
    assertWithoutSecrets(cloud.archive);
    const { options, env } = await metadataOf(t, cloud.archive);
    assert.deepEqual(Object.keys(env), ['API_URL', 'RUN_ID']);
    // k6 adds the token to the options.
    assert.deepEqual(options.cloud, { name: 'booking/smoke', projectID: 88, token: TOKEN });
  });

  const results: [event: string, result: CloudRunState['result'], code: number][] = [
    ['a threshold fails', 'failed', 99],
    ['the cloud reports an error', 'error', 3],
  ];
  for (const [event, result, code] of results)
    test(`cloud run exits with ${code} if ${event}`, async (t) => {
      const { command } = await started(t, [{ status: 'completed', result }]);
      const exit = await command().exit;
      assert.equal(exit.code, code, exit.stderr);
      assertNoStack(exit);
    });

  test('cloud run reports an invalid token without printing the token', async (t) => {
    const { cloud, command } = await started(t, [running]);
    const exit = await command({ K6_CLOUD_TOKEN: 'token-of-another-account' }).exit;
    assert.equal(exit.code, 2, exit.stderr);
    assert.match(exit.stdout, /Invalid token/);
    assert.ok(!(exit.stdout + exit.stderr).includes('token-of-another-account'));
    assert.ok(cloud.requests.every(({ methodAndPath: request }) => request.endsWith('/validate_options')));
  });

  test('Ctrl-C during cloud run aborts the test in Grafana Cloud', async (t) => {
    const { cloud, command } = await started(t, [running]);
    const cloudRun = command();
    await eventually('run in the cloud', () =>
      cloud.requests.some(({ methodAndPath: request }) => request.startsWith('GET ')),
    );
    cloudRun.kill('SIGINT');
    const exit = await cloudRun.exit;
    assert.equal(exit.code, 130, exit.stderr);
    assert.ok(cloud.requests.some(({ methodAndPath: request }) => request === 'POST /cloud/v6/test_runs/123/abort'));
  });

  test('cloud run names all missing settings before it packs a test', async () => {
    const exit = await sandbox.runCommand(['cloud', 'run', 'smoke'], { env: STAGING });
    assertRefused(exit, 2, ...Object.keys(PROJECT));
  });
});
