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
  type CommandOptions,
  counterGrowth,
  eventually,
  Sandbox,
} from './sandbox.ts';
import { startTarget, type Target } from './target.ts';

/** `deployment` runs the target and the cluster; `sandbox` runs the commands. */
const deployment = new Sandbox({ outlivesTests: true });
const sandbox = new Sandbox();

const CREDENTIALS = { ADMIN_TOKEN: 'staging-token-5be1', WEBHOOK_SECRET: 'staging-key-77c0' };
let target: Target;
let cluster: Cluster;
before(async () => {
  target = await startTarget(deployment, CREDENTIALS);
  cluster = await startCluster(deployment);
});
after(async () => {
  await cluster?.[Symbol.asyncDispose]();
  await target?.stop();
});

const inCluster = async (env: Record<string, string> = {}): Promise<CommandOptions> => ({
  subcommand: ['k8s', 'run', '--collect-at', `http://${await freeAddress()}`],
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

/** Returns the names of all objects in the cluster that belong to runs. */
async function leftInCluster(): Promise<string[]> {
  const lists = await Promise.all(
    COLLECTIONS.map((collection) => cluster.list<{ metadata: { name: string } }>(collection)),
  );
  return lists.flat().flatMap(({ metadata: { name } }) => (name.startsWith('booking-') ? [name] : []));
}

async function assertNothingLeft(): Promise<void> {
  await eventually('empty cluster', async () => (await leftInCluster()).length === 0);
}

test('a Kubernetes run with two generators has one verdict that covers the requests of both generators', async () => {
  // Skip cleanup, because it would send requests to the target that no generator counts.
  const exit = await sandbox.run(['peak', ...SHORT, '--keep-data'], await inCluster());
  assertNoStack(exit);
  assert.match(exit.stderr, /^TestRun booking-peak-\w{6}: started, 2 of 2 generators running$/m);

  const { run, totals, verdict, generators = [], generator } = sandbox.lastRun.result;
  // Accept any verdict, because this machine also runs the cluster, so the target may be too slow for some criteria.
  assert.notEqual(verdict.decision, 'INVALID', exit.stdout);
  const name = `booking-peak-${run.id.split('-')[1]}`;
  assert.equal(run.outcome, 'completed');
  assert.equal(run.partial, false);
  assert.deepEqual(
    generators.map(({ name, outcome, requests }) => [name, outcome, requests]),
    generators.map((generator, i) => [`${name}-${i + 1}`, 'completed', generator.requestsByK6]),
  );
  assert.equal(generators.length, 2);
  assert.equal(generator.requestsByK6, totals.requests);
  assert.equal(counterGrowth(sandbox.lastRun.result, 'requests'), totals.requests, 'the count of the target');

  const jobs = JSON.stringify(cluster.jobs);
  for (const secret of Object.values(CREDENTIALS)) assert.ok(!jobs.includes(secret), 'jobs contain no secrets');
  await assertNothingLeft();
});

test('a Kubernetes run is INVALID, names the generator and stops all others if one generator dies', async () => {
  const started = sandbox.startRun(['peak', ...SHORT.with(3, '0.1')], await inCluster());
  await sandbox.waitForWindows(2, started);
  const victim = (await cluster.list<{ metadata: { name: string } }>('/v1/pods'))
    .map(({ metadata }) => metadata.name)
    .find((pod) => /-2-\w+$/.test(pod)) as string;
  cluster.pod(victim).process.kill('SIGKILL');
  const exit = await started.exit;
  assertVerdict(exit, 3, 'INVALID');
  const { run, generators = [] } = sandbox.lastRun.result;
  assert.equal(run.outcome, 'crashed');
  assert.match(run.outcomeReason ?? '', /^booking-peak-\w{6}-2: k6 ended with exit code 137$/);
  assert.deepEqual(
    generators.map(({ outcome }) => outcome),
    ['aborted', 'crashed'],
  );
  await assertNothingLeft();
});

test('Ctrl-C during a Kubernetes run deletes the TestRun and keeps the measurements', async () => {
  const started = sandbox.startRun(['peak', ...SHORT.with(3, '0.1')], await inCluster());
  await sandbox.waitForWindows(2, started);
  started.kill('SIGINT');
  const exit = await started.exit;
  assertVerdict(exit, 130, 'INVALID');
  const { run, generators = [], totals } = sandbox.lastRun.result;
  assert.equal(run.outcome, 'interrupted');
  assert.ok(totals.requests > 0);
  assert.deepEqual(
    generators.map(({ requests, requestsByK6 }) => requests === requestsByK6),
    [true, true],
    'k6 ended gracefully in its pods and reported its counts',
  );
  await assertNothingLeft();
});

test('a Kubernetes run can read the test from an archive on a volume', async () => {
  const options = await inCluster();
  const rendered = sandbox.subfolder('rendered');
  const { code, stdout, stderr } = await sandbox.runCommand(
    ['k8s', 'render', 'smoke', '--parallelism', '1', '--claim', 'tests', '--out', rendered],
    options,
  );
  assert.equal(code, 0, stderr);
  assert.match(stdout, /put .*booking-smoke\.tar on the volume of tests$/m);
  copyFileSync(path.join(rendered, 'booking-smoke.tar'), path.join(cluster.claim('tests'), 'booking-smoke.tar'));
  const exit = await sandbox.run(['smoke', '--parallelism', '1', '--claim', 'tests'], options);
  assertVerdict(exit, 0, 'GO');
  assert.equal(sandbox.lastRun.result.generators, undefined);
  await assertNothingLeft();
});

test('a Kubernetes run reports the reason and cleans up if k6-operator cannot start the test', async () => {
  const options = await inCluster();
  const exit = await sandbox.run(['smoke', '--parallelism', '1', '--claim', 'empty'], options);
  assertVerdict(exit, 3, 'INVALID');
  assert.equal(sandbox.lastRun.result.run.outcome, 'crashed');
  assert.match(
    sandbox.lastRun.result.run.outcomeReason ?? '',
    /^k6-operator could not start the test: .*booking-smoke\.tar/,
  );
  await assertNothingLeft();
});

test('a Kubernetes run names the cluster and the manifest if the cluster refuses a manifest', async () => {
  const options = await inCluster();
  const wrong = path.join(deployment.folder, 'wrong-kubeconfig');
  writeFileSync(wrong, readFileSync(cluster.kubeconfig, 'utf8').replaceAll('loopback-token', 'another-token'));
  const exit = await sandbox.run(['smoke', '--parallelism', '1'], {
    ...options,
    env: { ...options.env, KUBECONFIG: wrong },
  });
  assertRefused(
    exit,
    2,
    /^The cluster at https?:\/\/127\.0\.0\.1:\d+ did not accept Secret booking-smoke-\w{6}-secrets: .*401/,
  );
});

test('a Kubernetes run refuses a missing target, a missing cluster and too many generators before it creates objects', async () => {
  const options = await inCluster();
  const cases: [args: string[], env: Record<string, string>, message: RegExp][] = [
    [['peak', '--parallelism', '2'], { API_URL: '' }, /^API_URL is not set\. /],
    [['smoke', '--parallelism', '2'], {}, /^booking\/smoke has a scenario of 1 VU, too few for 2 generators/],
    [
      ['smoke', '--parallelism', '1'],
      { KUBECONFIG: '/nowhere/config' },
      /^The kubeconfig cannot be read: .*Check KUBECONFIG/,
    ],
  ];
  for (const [args, env, message] of cases) {
    const exit = await sandbox.run(args, { ...options, env: { ...options.env, ...env } });
    assertRefused(exit, 2, message);
  }
  assert.deepEqual(await leftInCluster(), []);
});
