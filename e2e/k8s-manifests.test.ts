import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { KubernetesObject } from '@kubernetes/client-node';
import { ensureK6 } from '../cli/k6/index.ts';
import { connect, loadClient } from '../cli/remote/kubernetes/cluster.ts';
import { type Manifest, manifestsOf } from '../cli/remote/kubernetes/manifests.ts';
import { renderingOf, scriptOf, secretVariable } from '../cli/remote/kubernetes/rendering.ts';
import { DEFAULTS } from '../cli/remote/kubernetes/settings.ts';
import { buildTests, listTests } from '../cli/run/bundle.ts';
import { inspectTest } from '../cli/run/inspect.ts';
import { indivisibleReason } from '../lib/core/telemetry/index.ts';
import type { Cluster } from './cluster/cluster.ts';
import { startCluster } from './cluster/start.ts';
import { Sandbox } from './sandbox.ts';

const sandbox = new Sandbox({ outlivesTests: true });
const SECRETS = { ADMIN_TOKEN: 'token-5be1', WEBHOOK_SECRET: 'key-77c0', TEST_PASSWORD: 'word-90ab' };
const env = {
  ...SECRETS,
  TEST_ENV: 'staging',
  API_URL: 'https://api.example.com',
  TEST_ACCOUNTS: 'a@example.com',
};

let cluster: Cluster;
before(async () => {
  cluster = await startCluster(sandbox, { runsPods: false });
  process.env.KUBECONFIG = cluster.kubeconfig;
});
after(async () => {
  await cluster?.[Symbol.asyncDispose]();
});

/** Returns all manifests of a test: for four generators if the test can be divided, and otherwise for one. */
async function manifestsFor(test: string, k6: string): Promise<Manifest[]> {
  const plan = await inspectTest(k6, test, env);
  const parallelism = indivisibleReason(plan, 4) ? 1 : 4;
  const layout = {
    settings: { ...DEFAULTS, parallelism, separate: true },
    name: test.replaceAll('/', '-'),
    plan,
    env,
    secret: 'load-suite',
    forward: { url: 'http://10.0.0.7:4318', token: secretVariable('COLLECT_TOKEN', 'load-suite') },
  };
  return Object.values(manifestsOf(renderingOf(layout, await scriptOf(plan, undefined)))).flat();
}

/** API path of each kind of object. */
const COLLECTIONS: Record<string, string> = {
  ConfigMap: '/v1/configmaps',
  Deployment: 'apps/v1/deployments',
  NetworkPolicy: 'networking.k8s.io/v1/networkpolicies',
  Service: '/v1/services',
  TestRun: 'k6.io/v1alpha1/testruns',
};

test('a Kubernetes API server accepts the manifests of every test and stores every field', async (t) => {
  const tests = await listTests();
  const [{ path: k6 }] = await Promise.all([ensureK6({ env: process.env, log: () => {} }), buildTests(tests, 1)]);
  const client = connect(await loadClient(), undefined);
  assert.ok(tests.includes('booking/peak'), tests.join(', '));
  for (const test of tests) {
    await t.test(test, async () => {
      for (const manifest of await manifestsFor(test, k6)) {
        const place = COLLECTIONS[manifest.kind as string] as string;
        await cluster.call('POST', `${place}?dryRun=All&fieldValidation=Strict`, manifest);
        await client.create(manifest);
        const stored = await cluster.call<KubernetesObject>('GET', `${place}/${manifest.metadata?.name}`);
        assertIncludes(stored, manifest, manifest.kind as string);
        await client.remove(manifest);
        await client.remove(manifest);
      }
    });
  }
});

test('a Kubernetes API server refuses a TestRun with an invalid field and names the field', async () => {
  const testRun = {
    apiVersion: 'k6.io/v1alpha1',
    kind: 'TestRun',
    metadata: { name: 'wrong' },
    spec: { parallelism: 'two', script: { configMap: { name: 'x' } } },
  };
  const client = connect(await loadClient(), undefined);
  await assert.rejects(client.create(testRun), /did not accept TestRun wrong: 422 .*parallelism/);
});

/** Asserts that the stored object contains every field that the client sent. */
function assertIncludes(stored: unknown, sent: unknown, place: string): void {
  if (typeof sent !== 'object' || sent === null) {
    assert.equal(stored, sent, place);
    return;
  }
  for (const [key, value] of Object.entries(sent)) {
    // Skip empty lists, because a server may drop them.
    if (Array.isArray(value) && value.length === 0) continue;
    assertIncludes((stored as Record<string, unknown> | undefined)?.[key], value, `${place}.${key}`);
  }
}
