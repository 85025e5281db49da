import assert from 'node:assert/strict';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { freeAddress } from '../cli/run/k6-api.ts';
import type { Cluster } from './cluster/cluster.ts';
import { startCluster } from './cluster/start.ts';
import {
  assertNoStack,
  assertRefused,
  assertVerdict,
  eventually,
  growth,
  type Options,
  Sandbox,
} from './suite.ts';
import { startTarget, type Target } from './target.ts';

/** Where the target and the cluster are, and where they are tested from. */
const elsewhere = new Sandbox({ outlivesTests: true });
const sandbox = new Sandbox();

const CREDENTIALS = { ADMIN_TOKEN: 'staging-token-5be1', WEBHOOK_SECRET: 'staging-key-77c0' };
let target: Target;
let cluster: Cluster;
before(async () => {
  target = await startTarget(elsewhere, CREDENTIALS);
  cluster = await startCluster(elsewhere);
});
after(async () => {
  await cluster?.[Symbol.asyncDispose]();
  await target?.stop();
});

const inCluster = async (env: Record<string, string> = {}): Promise<Options> => ({
  command: ['k8s', 'run', '--collect-at', `http://${await freeAddress()}`],
  env: { TEST_ENV: 'staging', API_URL: target.url, KUBECONFIG: cluster.kubeconfig, ...CREDENTIALS, ...env },
});
const SHORT = ['--parallelism', '2', '--time-scale', '0.03', '--vus-scale', '0.2'];

const COLLECTIONS = [
  '/v1/configmaps',
  '/v1/secrets',
  '/v1/services',
  '/v1/pods',
  'apps/v1/deployments',
  'batch/v1/jobs',
  'networking.k8s.io/v1/networkpolicies',
  'k6.io/v1alpha1/testruns',
];

/** Everything that is named after the run of the last command. */
async function leftInCluster(): Promise<string[]> {
  const lists = await Promise.all(
    COLLECTIONS.map((collection) => cluster.list<{ metadata: { name: string } }>(collection)),
  );
  return lists.flat().flatMap(({ metadata: { name } }) => (name.startsWith('booking-') ? [name] : []));
}

async function assertNothingLeft(): Promise<void> {
  await eventually('empty cluster', async () => (await leftInCluster()).length === 0);
}

test('two generators in a cluster: one verdict, and every request of both is in it', async () => {
  // Removing them would be requests that no generator makes.
  const ended = await sandbox.run(['peak', ...SHORT, '--keep-data'], await inCluster());
  assertNoStack(ended);
  assert.match(ended.stderr, /^TestRun booking-peak-\w{6}: started, 2 of 2 generators running$/m);

  const { run, totals, verdict, generators = [], generator } = sandbox.theRun.result;
  // How fast the target is with all that runs beside it is not what this is about.
  assert.notEqual(verdict.decision, 'INVALID', ended.stdout);
  const name = `booking-peak-${run.id.split('-')[1]}`;
  assert.equal(run.outcome, 'completed');
  assert.equal(run.partial, false);
  assert.deepEqual(
    generators.map((one) => [one.name, one.outcome, one.requests]),
    generators.map((one, i) => [`${name}-${i + 1}`, 'completed', one.requestsByK6]),
  );
  assert.equal(generators.length, 2);
  assert.equal(generator.requestsByK6, totals.requests);
  assert.equal(growth(sandbox.theRun.result, 'requests'), totals.requests, "the target's own count");

  const jobs = JSON.stringify(cluster.jobs);
  for (const secret of Object.values(CREDENTIALS))
    assert.ok(!jobs.includes(secret), 'no secret in what is applied');
  await assertNothingLeft();
});

test('a generator that dies is named, the others are stopped, and the run is invalid', async () => {
  const started = sandbox.startRun(['peak', ...SHORT.with(3, '0.1')], await inCluster());
  await sandbox.windowsClosed(2, started);
  const victim = (await cluster.list<{ metadata: { name: string } }>('/v1/pods'))
    .map(({ metadata }) => metadata.name)
    .find((pod) => /-2-\w+$/.test(pod)) as string;
  cluster.pod(victim).process.kill('SIGKILL');
  const ended = await started.ended;
  assertVerdict(ended, 3, 'INVALID');
  const { run, generators = [] } = sandbox.theRun.result;
  assert.equal(run.outcome, 'crashed');
  assert.match(run.outcomeReason ?? '', /^booking-peak-\w{6}-2: k6 ended with exit code 137$/);
  assert.deepEqual(
    generators.map(({ outcome }) => outcome),
    ['aborted', 'crashed'],
  );
  await assertNothingLeft();
});

test('Ctrl-C deletes the TestRun, and leaves what was measured until then', async () => {
  const started = sandbox.startRun(['peak', ...SHORT.with(3, '0.1')], await inCluster());
  await sandbox.windowsClosed(2, started);
  started.kill('SIGINT');
  const ended = await started.ended;
  assertVerdict(ended, 130, 'INVALID');
  const { run, generators = [], totals } = sandbox.theRun.result;
  assert.equal(run.outcome, 'interrupted');
  assert.ok(totals.requests > 0);
  assert.deepEqual(
    generators.map(({ requests, requestsByK6 }) => requests === requestsByK6),
    [true, true],
    'k6 ended gracefully in its pods, and told what it had counted',
  );
  await assertNothingLeft();
});

test('a test that is an archive on a volume', async () => {
  const options = await inCluster();
  const rendered = sandbox.subfolder('rendered');
  const { code, stdout, stderr } = await sandbox.command(
    ['k8s', 'render', 'smoke', '--parallelism', '1', '--claim', 'tests', '--out', rendered],
    options,
  );
  assert.equal(code, 0, stderr);
  assert.match(stdout, /put .*booking-smoke\.tar on the volume of tests$/m);
  copyFileSync(
    path.join(rendered, 'booking-smoke.tar'),
    path.join(cluster.claim('tests'), 'booking-smoke.tar'),
  );
  const ended = await sandbox.run(['smoke', '--parallelism', '1', '--claim', 'tests'], options);
  assertVerdict(ended, 0, 'GO');
  assert.equal(sandbox.theRun.result.generators, undefined);
  await assertNothingLeft();
});

test('a test that its operator cannot begin is told with the reason, and cleaned up', async () => {
  const options = await inCluster();
  const ended = await sandbox.run(['smoke', '--parallelism', '1', '--claim', 'empty'], options);
  assertVerdict(ended, 3, 'INVALID');
  assert.equal(sandbox.theRun.result.run.outcome, 'crashed');
  assert.match(
    sandbox.theRun.result.run.outcomeReason ?? '',
    /^k6-operator could not begin the test: .*booking-smoke\.tar/,
  );
  await assertNothingLeft();
});

test('a cluster that refuses is named, with what it refuses and why', async () => {
  const options = await inCluster();
  const wrong = path.join(elsewhere.folder, 'wrong-kubeconfig');
  writeFileSync(
    wrong,
    readFileSync(cluster.kubeconfig, 'utf8').replaceAll('loopback-token', 'another-token'),
  );
  const ended = await sandbox.run(['smoke', '--parallelism', '1'], {
    ...options,
    env: { ...options.env, KUBECONFIG: wrong },
  });
  assertRefused(
    ended,
    2,
    /^The cluster at https?:\/\/127\.0\.0\.1:\d+ did not accept Secret booking-smoke-\w{6}-secrets: .*401/,
  );
});

test('without a target, without a cluster, or divided too far: said before anything is created', async () => {
  const options = await inCluster();
  const cases: [args: string[], env: Record<string, string>, says: RegExp][] = [
    [['peak', '--parallelism', '2'], { API_URL: '' }, /^API_URL is not set: /],
    [['smoke', '--parallelism', '2'], {}, /^booking\/smoke has a scenario of 1 VU, too few for 2 generators/],
    [
      ['smoke', '--parallelism', '1'],
      { KUBECONFIG: '/nowhere/config' },
      /^The kubeconfig cannot be read: .*Check KUBECONFIG/,
    ],
  ];
  for (const [args, env, says] of cases) {
    const ended = await sandbox.run(args, { ...options, env: { ...options.env, ...env } });
    assertRefused(ended, 2, says);
  }
  assert.deepEqual(await leftInCluster(), []);
});
