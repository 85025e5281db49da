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
  /** A Secret that is there; one is made for the run where nothing is said. */
  secret?: string;
  /** Where pods reach this runner. */
  collectAt: string;
  /** Where it listens for that, if not on the same port. */
  listen?: number;
}

const COLLECTOR_TIMEOUT_MS = 5 * 60_000;
const POLL_INTERVAL_MS = 1000;

/**
 * One run in a cluster from start to end: the load is put on by pods, and all else is as in any run.
 * @throws Problem where there is nothing to judge: also where the cluster does not take what it is given
 */
export async function runInCluster(
  request: ClusterRunRequest,
  interruption: Interruption,
  terminal: Terminal,
): Promise<RunReport> {
  const { settings, pods, results, keepData } = request;
  if (settings.stores.prometheusUrl)
    throw new Problem(
      'PROMETHEUS_RW_URL is not for clusters: pods send to the runner alone. OTLP_URL has the same metrics sent on from here.',
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
    const { testRun, others } = await manifestsFor({
      request,
      plan,
      env,
      name,
      token,
      runId: start.run.id,
    });

    await using applied = new AsyncDisposableStack();
    const goesWithRun = (manifest: Manifest) =>
      applied.defer(() => removeManifest(cluster, manifest, terminal));
    for (const manifest of others) {
      stop.throwIfAborted();
      await cluster.create(manifest);
      goesWithRun(manifest);
    }
    await waitForCollector(cluster, name, stop, terminal);
    goesWithRun(testRun);
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

/** What is to be created for a run, in that order and the TestRun at the end. */
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
}): Promise<{ testRun: TestRun; others: Manifest[] }> {
  const own = `${name}-secrets`;
  const forward = { url: collectAt, token: secretVariable(TOKEN, own) };
  const layout = { settings: pods, name, plan, env, secret: secret ?? own, forward, runId };
  const manifests = Object.values(manifestsOf(renderingOf(layout, await scriptOf(plan, pods.claim)))).flat();
  const testRun = manifests.find((one): one is TestRun => one.kind === 'TestRun') as TestRun;
  assertTestRun(testRun);
  const needed = secret ? [] : secretsOf(plan);
  const values = Object.fromEntries(needed.map((variable) => [variable, env[variable] ?? '']));
  const secrets = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { ...testRun.metadata, name: own },
    data: secretData({ ...values, [TOKEN]: token }),
  };
  return { testRun, others: [secrets, ...manifests.filter((one) => one !== testRun)] };
}

/** A run has its result, whatever stays behind in the cluster; but whoever owns that has to know. */
async function removeManifest(cluster: Cluster, manifest: Manifest, terminal: Terminal): Promise<void> {
  try {
    await cluster.remove(manifest);
  } catch (error) {
    terminal.line(`${(error as Error).message} It is still there.`);
  }
}

async function waitForCollector(
  cluster: Cluster,
  name: string,
  stop: AbortSignal,
  terminal: Terminal,
): Promise<void> {
  terminal.line(`Waiting for the collector ${name}-collector in namespace ${cluster.namespace}`);
  const giveUpAt = Date.now() + COLLECTOR_TIMEOUT_MS;
  while (!(await cluster.isAvailable(`${name}-collector`))) {
    if (Date.now() > giveUpAt)
      throw new Problem(
        `The collector was not ready within ${COLLECTOR_TIMEOUT_MS / 60_000} min: kubectl describe pods -l app.kubernetes.io/instance=${name}`,
        'NO_RESPONSE',
      );
    await sleep(POLL_INTERVAL_MS, undefined, { signal: stop });
  }
}
