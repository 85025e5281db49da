import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { readVariable, type TestPlan } from '../../../lib/core/definition/index.ts';
import { beforeLoad, type Interruption } from '../../run/interruption.ts';
import { measure, type RunReport } from '../../run/measure.ts';
import { preflight } from '../../run/preflight.ts';
import { describeRun } from '../../run/run-start.ts';
import type { RunRequest } from '../../run/run-test.ts';
import { Problem } from '../../support/problem.ts';
import type { Terminal } from '../../support/terminal.ts';
import { environmentFor } from '../../support/variables.ts';
import { prepareTest } from '../prepare-remote-test.ts';
import { secretsOf } from '../variables.ts';
import { type Cluster, connect, loadClient } from './cluster.ts';
import { type Manifest, manifestsOf, portOf, type TestRun } from './manifests.ts';
import { startPods } from './pods.ts';
import { podGeneratorNames, renderingOf, scriptOf, secretData, secretVariable, TOKEN } from './rendering.ts';
import { type ClusterSettings, versionOf } from './settings.ts';
import { assertTestRun } from './test-run-schema.ts';

export interface ClusterRunRequest extends Omit<RunRequest, 'dashboard'> {
  pods: ClusterSettings;
  /** The name of an existing Secret. If it is absent, the runner creates a Secret. */
  secret?: string;
  /** The address at which pods can reach this runner. */
  collectAt: string;
  /** The port on which the runner listens, if it differs from the port that pods connect to. */
  listen?: number;
}

const COLLECTOR_TIMEOUT_MS = 5 * 60_000;
const POLL_INTERVAL_MS = 1000;

/**
 * Runs a test whose load comes from pods of a cluster. Preflight, probes, verdict and result are the same as in a local
 * run.
 * @throws Problem if nothing was measured, for example because the cluster refuses a manifest
 */
export async function runInCluster(
  request: ClusterRunRequest,
  interruption: Interruption,
  terminal: Terminal,
): Promise<RunReport> {
  const { settings, pods, results, keepData } = request;
  if (settings.stores.prometheusUrl)
    throw new Problem(
      'PROMETHEUS_RW_URL does not work with clusters, because pods only send metrics to the runner. Use OTLP_URL, which the runner writes to.',
    );
  const { stop } = interruption;
  return beforeLoad(stop, async () => {
    const client = await loadClient();
    const { k6, plan } = await prepareTest(request.test, pods.parallelism, settings, terminal, stop);
    const env = environmentFor(plan, settings.env);
    const target = {
      environment: settings.environment,
      url: readVariable('API_URL', env),
      startedForRun: false,
      env,
    };
    await preflight(plan, target, stop);
    const start = await describeRun(plan, target, request.labels, versionOf(pods.image) ?? k6.version);
    const name = `${plan.product}-${plan.test}-${start.run.id.split('-').at(-1)}`;

    const cluster = connect(client, pods.namespace);
    const token = randomBytes(24).toString('hex');
    const { testRun, dependencies } = await manifestsFor({
      request,
      plan,
      env,
      name,
      token,
      runId: start.run.id,
    });

    await using applied = new AsyncDisposableStack();
    const removeAfterRun = (manifest: Manifest) => applied.defer(() => removeManifest(cluster, manifest, terminal));
    for (const manifest of dependencies) {
      stop.throwIfAborted();
      await cluster.create(manifest);
      removeAfterRun(manifest);
    }
    await waitForCollector(cluster, name, stop, terminal);
    removeAfterRun(testRun);
    const names = podGeneratorNames(name, pods.parallelism);
    return await measure({
      settings,
      results,
      keepData,
      interruption,
      terminal,
      plan,
      target,
      start,
      source: {
        names,
        receiver: { port: request.listen ?? portOf(request.collectAt), token },
        start: ({ filesOf, redact }, { telemetry }) =>
          startPods({
            cluster,
            testRun,
            names,
            filesOf,
            telemetry,
            redact,
            onStage: (stage, running) =>
              terminal.line(`TestRun ${name}: ${stage}, ${running} of ${names.length} generators running`),
          }),
      },
    });
  });
}

/** Returns the manifests of a run. The dependencies must be created before the TestRun, in the given order. */
async function manifestsFor({
  request: { pods, secret, collectAt },
  plan,
  env,
  name,
  token,
  runId,
}: {
  request: ClusterRunRequest;
  plan: TestPlan;
  env: NodeJS.ProcessEnv;
  name: string;
  token: string;
  runId: string;
}): Promise<{ testRun: TestRun; dependencies: Manifest[] }> {
  const runSecret = `${name}-secrets`;
  const forward = { url: collectAt, token: secretVariable(TOKEN, runSecret) };
  const layout = { settings: pods, name, plan, env, secret: secret ?? runSecret, forward, runId };
  const manifests = Object.values(manifestsOf(renderingOf(layout, await scriptOf(plan, pods.claim)))).flat();
  const testRun = manifests.find((manifest): manifest is TestRun => manifest.kind === 'TestRun') as TestRun;
  assertTestRun(testRun);
  const needed = secret ? [] : secretsOf(plan);
  const values = Object.fromEntries(needed.map((variable) => [variable, env[variable] ?? '']));
  const secrets = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { ...testRun.metadata, name: runSecret },
    data: secretData({ ...values, [TOKEN]: token }),
  };
  return { testRun, dependencies: [secrets, ...manifests.filter((manifest) => manifest !== testRun)] };
}

/**
 * Removes an object from the cluster. If removing fails, only prints a message, because the run already has its result.
 */
async function removeManifest(cluster: Cluster, manifest: Manifest, terminal: Terminal): Promise<void> {
  try {
    await cluster.remove(manifest);
  } catch (error) {
    terminal.line(`${(error as Error).message} Remove ${manifest.kind} ${manifest.metadata?.name} with kubectl.`);
  }
}

async function waitForCollector(cluster: Cluster, name: string, stop: AbortSignal, terminal: Terminal): Promise<void> {
  terminal.line(`Waiting for the collector ${name}-collector in namespace ${cluster.namespace}`);
  const giveUpAt = Date.now() + COLLECTOR_TIMEOUT_MS;
  while (!(await cluster.isAvailable(`${name}-collector`))) {
    if (Date.now() > giveUpAt)
      throw new Problem(
        `The collector was not ready within ${COLLECTOR_TIMEOUT_MS / 60_000} min. Check it with: kubectl describe pods -l app.kubernetes.io/instance=${name}`,
        'NO_RESPONSE',
      );
    await sleep(POLL_INTERVAL_MS, undefined, { signal: stop });
  }
}
