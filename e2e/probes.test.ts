import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { POSTGRESQL_COLUMNS, PROCESS_COLUMNS } from '../lib/core/evidence/index.ts';
import { dataFolder, TestTarget } from '../reference-service/testing/target.ts';
import { Sandbox } from './sandbox.ts';

const sandbox = new Sandbox();
const SHORT_BASELINE = ['baseline', '--time-scale', '0.01', '--vus-scale', '0.1'];

let target: TestTarget;
before(async () => {
  target = await new TestTarget({ TARGET_DATA_DIR: dataFolder() }).ready();
});
after(() => target?.stop());

/** Returns the columns of a probe that have a value in its last sample. */
const known = (columns: Record<string, (number | null)[]>) =>
  Object.keys(columns).filter((name) => typeof columns[name]?.at(-1) === 'number');

test('a local run samples the database and the process of the target without any configuration', async () => {
  const exit = await sandbox.run(SHORT_BASELINE);
  assert.ok(sandbox.lastRun.names.includes('result.json'), exit.stderr);
  const { run, windows, resources, details, generator } = sandbox.lastRun.result;
  assert.deepEqual(run.notes, []);
  assert.deepEqual(Object.keys(resources).sort(), ['postgresql', 'process', 'target']);
  assert.deepEqual(known(resources.postgresql?.columns ?? {}), Object.values(POSTGRESQL_COLUMNS));
  assert.deepEqual(known(resources.process?.columns ?? {}), Object.values(PROCESS_COLUMNS));
  assert.ok(generator.samples.columns.cpuShare?.some((share) => share !== null));
  assert.ok(generator.samples.columns.residentBytes?.some((bytes) => Number(bytes) > 10 * 1024 ** 2));
  const endMs = Number(windows.startMs.at(-1)) + Number(windows.durationMs.at(-1));
  for (const probe of Object.values(resources)) {
    assert.ok((probe.atMs[0] as number) <= 0, 'a sample before the load');
    assert.ok(probe.atMs.length > 3, 'samples during the load');
    assert.ok((probe.atMs.at(-1) as number) >= endMs, 'a sample after the load');
  }
  assert.deepEqual(details, JSON.parse(sandbox.lastRun.read('details.json')));
  const { postgresql } = details;
  assert.equal(postgresql?.indexes.filter(({ name }) => name.startsWith('idx_')).length, 13);
  assert.match(postgresql.queries?.[0]?.query ?? '', /pg_sleep/);
  assert.ok(postgresql.commits > 0 && postgresql.cacheHitRate !== null);
});

test('the result of an interrupted run contains database details', async () => {
  const started = sandbox.startRun(['baseline', '--time-scale', '0.1', '--vus-scale', '0.1']);
  const run = await sandbox.waitForWindows(2, started);
  started.kill('SIGINT');
  assert.equal((await started.exit).code, 130);
  assert.equal(run.result.run.outcome, 'interrupted');
  assert.ok((run.result.details.postgresql?.queries?.length ?? 0) > 0);
});

const PASSWORD = 'probe pass/4711';

test('a run notes a failing probe once and never prints the password of the probe', async () => {
  const database = new URL(target.databaseUrl);
  database.password = encodeURIComponent(PASSWORD);
  const env = {
    TEST_ENV: 'staging',
    API_URL: target.endpoints.url,
    ADMIN_TOKEN: 'local-admin-token',
    WEBHOOK_SECRET: 'local-webhook-secret',
    TARGET_DATABASE_URL: database.href,
    TARGET_REDIS_URL: `redis://:${encodeURIComponent(PASSWORD)}@127.0.0.1:9`,
    PM2_PROCESSES: 'booking',
    PM2_HOME: sandbox.subfolder('no-pm2'),
    TARGET_PROCESS: ':9',
  };
  const started = sandbox.startRun(SHORT_BASELINE, { env });
  const { k6Pid: k6 } = await sandbox.waitForWindows(1, started);
  const k6Environment = readFileSync(`/proc/${k6}/environ`, 'utf8');
  const commands = sandbox.processes().map(({ command }) => command);
  const exit = await started.exit;

  const { names, result } = sandbox.lastRun;
  assert.equal(result.run.outcome, 'completed', exit.stderr);
  const probeNotes = result.run.notes.filter((note) => note.startsWith('no samples of')).sort();
  assert.deepEqual(probeNotes, [
    `no samples of PM2 for some time: no PM2 daemon runs in ${env.PM2_HOME}`,
    'no samples of PostgreSQL for some time: password authentication failed for user "postgres"',
    'no samples of Redis for some time: connect ECONNREFUSED 127.0.0.1:9',
    "no samples of the target's process for some time: no process visible to this user listens on port 9",
  ]);
  assert.deepEqual(Object.keys(result.resources), ['target']);
  assert.deepEqual(result.details, { postgresql: null, redis: null });
  assert.ok(!names.includes('details.json'));

  for (const secret of [PASSWORD, encodeURIComponent(PASSWORD)]) {
    for (const name of names) assert.ok(!sandbox.lastRun.read(name).includes(secret), `not in ${name}`);
    assert.ok(!k6Environment.includes(secret), 'not in the environment of k6');
    assert.ok(!commands.join('\n').includes(secret), 'not in the arguments of any process');
    assert.ok(!(exit.stdout + exit.stderr).includes(secret), 'not in the output');
  }
});

test('run refuses a malformed probe variable before it starts a process', async () => {
  const exit = await sandbox.run(['smoke'], {
    env: { TARGET_DATABASE_URL: 'mysql://root:hunter22@db/shop', TARGET_PROCESS: 'node' },
  });
  assert.equal(exit.code, 2);
  assert.match(exit.stderr, /^TARGET_DATABASE_URL is a secret of 29 characters \(not shown\), but it must be/m);
  assert.match(exit.stderr, /^TARGET_PROCESS is "node", but it must be a process id/m);
  assert.ok(!exit.stderr.includes('hunter22'));
});

test('doctor checks whether every configured probe can connect', async () => {
  const exit = await sandbox.runCommand(['doctor'], {
    env: {
      API_URL: target.endpoints.url,
      TARGET_DATABASE_URL: target.databaseUrl,
      TARGET_PROCESS: `:${new URL(target.endpoints.url).port}`,
      TARGET_REDIS_URL: 'redis://:hunter22@127.0.0.1:9',
    },
  });
  assert.equal(exit.code, 2);
  assert.match(exit.stdout, /^✓ Probe of the target +responds$/m);
  assert.match(exit.stdout, /^✓ Probe of PostgreSQL +responds$/m);
  assert.match(exit.stdout, /^✓ Probe of the target's process +responds$/m);
  assert.match(exit.stdout, /^✗ Probe of Redis +connect ECONNREFUSED 127\.0\.0\.1:9\n {4}Check TARGET_REDIS_URL/m);
  assert.ok(!exit.stdout.includes('Probe of PM2'));
  for (const secret of ['hunter22', new URL(target.databaseUrl).password]) assert.ok(!exit.stdout.includes(secret));
});
