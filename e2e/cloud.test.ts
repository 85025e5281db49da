import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import { ensureK6 } from '../cli/k6/index.ts';
import { temporaryFolder } from '../cli/testing/environment.ts';
import { FakeCloud, type Progress, RUN_URL } from './fake-cloud.ts';
import { assertNoStack, assertRefused, eventually, ROOT, Sandbox } from './suite.ts';
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
  test('packs the test with what is no secret, and says which secrets it needs', async (t) => {
    const ended = await sandbox.command(['cloud', 'render', 'smoke', '--time-scale', '0.5'], {
      env: STAGING,
    });
    assert.equal(ended.code, 0, ended.stderr);
    assert.match(ended.stdout, /secrets +ADMIN_TOKEN, WEBHOOK_SECRET: to be set in Grafana Cloud k6/);
    assertWithoutSecrets(ended.stdout);
    const archive = readFileSync(ARCHIVE);
    assertWithoutSecrets(archive);
    const { options, env } = await metadataOf(t, archive);
    const { RUN_ID = '', ...given } = env;
    assert.deepEqual(given, { API_URL: STAGING.API_URL, TIME_SCALE: '0.5' });
    assert.ok(ended.stdout.includes(RUN_ID), RUN_ID);
    assert.equal(options.ext.suite.test, 'smoke');
    assert.equal(options.cloud ?? null, null);
  });

  test('packs all that the test opens: k6 runs it from the archive alone', async (t) => {
    const target = await startTarget(sandbox);
    t.after(() => target.stop());
    const packed = await sandbox.command(['cloud', 'render', 'smoke'], { env: STAGING });
    assert.equal(packed.code, 0, packed.stderr);
    const { path: k6 } = await ensureK6({ env: process.env, log: () => {} });
    const cwd = temporaryFolder(t);
    const { stdout } = await execute(
      k6,
      ['run', '--no-usage-report', '-e', `API_URL=${target.url}`, ARCHIVE],
      {
        cwd,
        env: { PATH: process.env.PATH },
      },
    );
    assert.match(stdout, /booking\/smoke/);
    await target.stop();
  });

  const refused: [what: string, env: Record<string, string>, told: RegExp][] = [
    ['this machine', {}, /^TEST_ENV=local only allows this machine, which Grafana Cloud cannot reach/],
    ['no target', { TEST_ENV: 'staging' }, /^API_URL is not set/],
    ['production without a word', { ...STAGING, TEST_ENV: 'production' }, /also requires --allow-production/],
    // Part of the bundle, and so an example of what has got into one.
    [
      'a secret in the archive',
      { ...STAGING, ADMIN_TOKEN: 'load-suite (booking/smoke)' },
      /value of ADMIN_TOKEN/,
    ],
  ];
  for (const [what, env, told] of refused)
    test(`refuses ${what}`, async () => {
      assertRefused(await sandbox.command(['cloud', 'render', 'smoke'], { env }), 2, told);
    });
});

describe('cloud run', () => {
  const started = async (t: TestContext, progress: Progress[]) => {
    const cloud = new FakeCloud(TOKEN, progress);
    const url = await cloud.listen(t);
    const env = { ...STAGING, ...PROJECT, K6_CLOUD_HOST_V6: url, K6_SHOW_CLOUD_LOGS: 'false' };
    return {
      cloud,
      command: (more = {}) => sandbox.start(['cloud', 'run', 'smoke'], { env: { ...env, ...more } }),
    };
  };
  const running: Progress = { status: 'running', result: null };

  test('sends the test, starts it and waits for its end', async (t) => {
    const { cloud, command } = await started(t, [running, { status: 'completed', result: 'passed' }]);
    const ended = await command({ K6_INCLUDE_SYSTEM_ENV_VARS: 'true' }).ended;
    assert.equal(ended.code, 0, ended.stderr + ended.stdout);
    assert.ok(ended.stdout.includes(RUN_URL), ended.stdout);
    assert.ok(!(ended.stdout + ended.stderr).includes(TOKEN));
    assert.deepEqual(
      cloud.calls.map(({ request }) => request),
      [
        'POST /cloud/v6/validate_options',
        'POST /cloud/v6/projects/88/load_tests',
        'POST /cloud/v6/load_tests/456/start',
        'GET /cloud/v6/test_runs/123',
        'GET /cloud/v6/test_runs/123',
      ],
    );
    for (const { authorization, stack } of cloud.calls) {
      assert.equal(authorization, `Bearer ${TOKEN}`);
      assert.equal(stack, '77');
    }
    assertWithoutSecrets(cloud.archive);
    const { options, env } = await metadataOf(t, cloud.archive);
    assert.deepEqual(Object.keys(env), ['API_URL', 'RUN_ID']);
    // The token is what k6 itself adds.
    assert.deepEqual(options.cloud, { name: 'booking/smoke', projectID: 88, token: TOKEN });
  });

  const ends: [what: string, result: Progress['result'], code: number][] = [
    ['a threshold is crossed', 'failed', 99],
    ['the cloud could not run it', 'error', 3],
  ];
  for (const [what, result, code] of ends)
    test(`ends with ${code} where ${what}`, async (t) => {
      const { command } = await started(t, [{ status: 'completed', result }]);
      const ended = await command().ended;
      assert.equal(ended.code, code, ended.stderr);
      assertNoStack(ended);
    });

  test('a token that is not taken is told, and not shown', async (t) => {
    const { cloud, command } = await started(t, [running]);
    const ended = await command({ K6_CLOUD_TOKEN: 'token-of-somebody-else' }).ended;
    assert.equal(ended.code, 2, ended.stderr);
    assert.match(ended.stdout, /Invalid token/);
    assert.ok(!(ended.stdout + ended.stderr).includes('token-of-somebody-else'));
    assert.ok(cloud.calls.every(({ request }) => request.endsWith('/validate_options')));
  });

  test('Ctrl-C stops the run in the cloud as well', async (t) => {
    const { cloud, command } = await started(t, [running]);
    const going = command();
    await eventually('run in the cloud', () => cloud.calls.some(({ request }) => request.startsWith('GET ')));
    going.kill('SIGINT');
    const ended = await going.ended;
    assert.equal(ended.code, 130, ended.stderr);
    assert.ok(cloud.calls.some(({ request }) => request === 'POST /cloud/v6/test_runs/123/abort'));
  });

  test('says which settings are missing, before it packs anything', async () => {
    const ended = await sandbox.command(['cloud', 'run', 'smoke'], { env: STAGING });
    assertRefused(ended, 2, ...Object.keys(PROJECT));
  });
});
