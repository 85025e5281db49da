import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { V1ConfigMap, V1Deployment, V1Job, V1Secret } from '@kubernetes/client-node';
import type { TestRun } from '../../cli/remote/kubernetes/manifests.ts';
import type { STAGES } from '../../cli/remote/kubernetes/test-run-schema.ts';
import { freeAddress } from '../../cli/run/k6-api.ts';
import type { Sandbox } from '../sandbox.ts';
import { type Collector, simulateCollector, startCollector } from './collector.ts';
import { operatorJobs } from './operator.ts';
import { containerEnv, type PodEnvironment, type SimulatedPod, simulatePod } from './pod.ts';

export interface ApiServer extends AsyncDisposable {
  /** The cluster entry of a kubeconfig. */
  kubeconfig: { server: string; 'certificate-authority-data'?: string; 'insecure-skip-tls-verify'?: true };
  send(method: string, target: string, body?: object): Promise<{ code: number; text: string }>;
}

/**
 * Returns the log of a pod; undefined if the pod does not exist. If `follow` is set, waits until the log is complete.
 */
export type ReadLog = (pod: string, follow: boolean) => Promise<string | undefined>;

/** Paths of programs on this machine that replace the programs in container images. */
interface Programs {
  /** Path of k6. The file name must be `k6`. */
  k6: string;
  /** Path of a real OpenTelemetry Collector. By default, the collector is simulated. */
  collector?: string;
}

type Stage = (typeof STAGES)[number];
type TestRunWithStatus = TestRun & { status?: { stage?: Stage } };

export const NAMESPACE = 'load';
/** Name of the only node in the cluster. */
export const NODE_NAME = 'loopback';
/** Token of the only user of the cluster. */
export const CLUSTER_TOKEN = 'loopback-token-3f21';
const TICK_MS = 50;

/**
 * Simulates the parts of a cluster other than the API server: k6-operator, the controllers of jobs and deployments, and
 * the node. Pods are local processes, and a collector forwards telemetry according to its configuration.
 */
export class Cluster {
  readonly kubeconfig: string;
  /** All jobs that were ever created, including jobs that were deleted. */
  readonly jobs: V1Job[] = [];
  readonly #sandbox: Sandbox;
  readonly #programs: Programs;
  readonly #pods = new Map<
    string,
    { simulated: SimulatedPod; testRun: string; address: string; terminating: boolean }
  >();
  readonly #collectors = new Map<string, Collector>();
  readonly #stop = new AbortController();
  #server: ApiServer | undefined;
  #simulation: Promise<void> | null = null;

  constructor(sandbox: Sandbox, programs: Programs) {
    this.#sandbox = sandbox;
    this.#programs = programs;
    this.kubeconfig = path.join(sandbox.folder, 'kubeconfig');
  }

  async start(startServer: (logOf: ReadLog) => Promise<ApiServer>): Promise<void> {
    this.#server = await startServer(async (name, follow) => {
      const { simulated } = this.#pods.get(name) ?? {};
      if (follow) await simulated?.exit;
      return simulated?.log;
    });
    const { kubeconfig: cluster } = this.#server;
    const context = { cluster: 'simulated', user: 'tester', namespace: NAMESPACE };
    writeFileSync(
      this.kubeconfig,
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'Config',
        clusters: [{ name: 'simulated', cluster }],
        users: [{ name: 'tester', user: { token: CLUSTER_TOKEN } }],
        contexts: [{ name: 'simulated', context }],
        'current-context': 'simulated',
      }),
    );
  }

  simulate(): void {
    this.#simulation = this.#loop();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#simulation;
    for (const { simulated } of this.#pods.values()) simulated.process.kill('SIGKILL');
    for (const { stop } of this.#collectors.values()) stop();
    await this.#server?.[Symbol.asyncDispose]();
  }

  /** Lists all objects of a kind. */
  async list<T>(collection: string): Promise<T[]> {
    return (await this.call<{ items: T[] }>('GET', `${collection}`)).items;
  }

  /** Returns the process that simulates a pod. */
  pod(name: string): SimulatedPod {
    const pod = this.#pods.get(name);
    if (!pod) throw new Error(`there is no pod ${name}. Pods: ${[...this.#pods.keys()].join(', ')}`);
    return pod.simulated;
  }

  /**
   * @param place `group/version/kinds[/name[/subresource]]` of the object in the namespace; for the core API, leave the
   * group empty
   */
  async call<T>(method: string, place: string, body?: object): Promise<T> {
    const [group = '', version = '', ...rest] = place.split('/');
    const prefix = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
    if (!this.#server) throw new Error('the cluster has not been started');
    const target = `${prefix}/namespaces/${NAMESPACE}/${rest.join('/')}`;
    const { code, text } = await this.#server.send(method, target, body);
    if (code >= 400) throw Object.assign(new Error(`${method} ${place}: ${code} ${text}`), { code });
    return JSON.parse(text) as T;
  }

  async #loop(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      try {
        for (const deployment of await this.list<V1Deployment>('apps/v1/deployments'))
          await this.#deployCollector(deployment);
        const testRuns = await this.list<TestRunWithStatus>('k6.io/v1alpha1/testruns');
        await this.#collectGarbage(new Set(testRuns.map(({ metadata }) => metadata.name as string)));
        for (const testRun of testRuns) await this.#reconcile(testRun);
      } catch (error) {
        // Ignore errors about objects that were deleted in the meantime. All other errors are bugs in the simulation.
        if ((error as { code?: number }).code !== 404) console.error(error);
      }
      await sleep(TICK_MS);
    }
  }

  async #reconcile(testRun: TestRunWithStatus): Promise<void> {
    const name = testRun.metadata.name as string;
    const stage = (to: Stage) =>
      this.call('PATCH', `k6.io/v1alpha1/testruns/${name}/status`, { status: { stage: to } });
    const { initializer, runners } = operatorJobs(testRun);
    switch (testRun.status?.stage) {
      case undefined: {
        await stage('initialization');
        const pod = await this.#start(initializer, name);
        await stage((await pod.exit) === 0 ? 'initialized' : 'error');
        return;
      }
      case 'initialized':
        await Promise.all(runners.map((runner) => this.#start(runner, name)));
        await stage('created');
        return;
      case 'created':
        for (const { address } of this.#podsOf(name)) await this.#startLoad(address);
        await stage('started');
        return;
      case 'started': {
        const ended = this.#podsOf(name).every(
          ({ simulated: { process } }) => process.exitCode !== null || process.signalCode,
        );
        if (ended) await stage('finished');
      }
    }
  }

  /** Returns the pods that generate load. The initializer pod is excluded, because it has no address. */
  #podsOf(testRun: string) {
    return [...this.#pods.values()].filter((pod) => pod.testRun === testRun && pod.address !== '');
  }

  async #start(job: V1Job, testRun: string): Promise<SimulatedPod> {
    this.jobs.push(job);
    await this.call('POST', 'batch/v1/jobs', job);
    const { metadata, spec } = job.spec?.template ?? {};
    const name = `${job.metadata?.name}-x7f2q`;
    const labels = metadata?.labels ?? {};
    await this.call('POST', '/v1/pods', {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, labels },
      spec: { ...spec, nodeName: NODE_NAME },
    });
    const status = (change: object) => this.call('PATCH', `/v1/pods/${name}/status`, { status: change });
    const address = labels.runner ? await freeAddress() : '';
    const simulated = await simulatePod(spec as NonNullable<typeof spec>, this.#podEnvironment(labels, address));
    this.#pods.set(name, { simulated, testRun, address, terminating: false });
    await status({ phase: 'Running' });
    void simulated.exit.then(async (exitCode) => {
      await status({
        phase: exitCode === 0 ? 'Succeeded' : 'Failed',
        containerStatuses: [
          {
            name: 'k6',
            image: 'simulated',
            imageID: '',
            ready: false,
            restartCount: 0,
            state: { terminated: { exitCode, reason: exitCode === 0 ? 'Completed' : 'Error' } },
          },
        ],
      }).catch(() => {});
    });
    return simulated;
  }

  #podEnvironment(labels: Record<string, string>, address: string): PodEnvironment {
    const { PATH = '' } = process.env;
    return {
      root: mkdtempSync(path.join(this.#sandbox.temp, 'pod-')),
      labels,
      configMap: (name) => this.call<V1ConfigMap>('GET', `/v1/configmaps/${name}`),
      secret: (name) => this.call<V1Secret>('GET', `/v1/secrets/${name}`),
      claim: (name) => this.claim(name),
      resolve: (text) =>
        [...this.#collectors].reduce(
          (resolved, [service, collector]) => resolved.replaceAll(`${service}:4318`, collector.address),
          text.replaceAll('0.0.0.0:6565', address),
        ),
      env: { PATH: `${path.dirname(this.#programs.k6)}:${PATH}`, HOME: this.#sandbox.temp },
    };
  }

  /** Returns the folder that holds the files of a PersistentVolumeClaim. */
  claim(name: string): string {
    const folder = path.join(this.#sandbox.folder, `claim-${name}`);
    mkdirSync(folder, { recursive: true });
    return folder;
  }

  /** Resumes a k6 that started paused. k6 refuses the request until its VUs are initialized. */
  async #startLoad(address: string): Promise<void> {
    for (;;) {
      const response = await fetch(`http://${address}/v1/status`, {
        method: 'PATCH',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ data: { type: 'status', id: 'default', attributes: { paused: false } } }),
      }).catch(() => null);
      if (response?.ok) return;
      await sleep(TICK_MS);
    }
  }

  /** Stops the pods of deleted TestRuns gracefully, then deletes the pods and their jobs. */
  async #collectGarbage(existingTestRuns: ReadonlySet<string>): Promise<void> {
    for (const [name, pod] of this.#pods) {
      if (pod.terminating || existingTestRuns.has(pod.testRun)) continue;
      pod.terminating = true;
      pod.simulated.process.kill('SIGTERM');
      void pod.simulated.exit.then(async () => {
        this.#pods.delete(name);
        await this.call('DELETE', `/v1/pods/${name}?gracePeriodSeconds=0`).catch(() => {});
        await this.call('DELETE', `batch/v1/jobs/${name.replace(/-x7f2q$/, '')}?propagationPolicy=Background`).catch(
          () => {},
        );
      });
    }
  }

  /** Starts the collector of a deployment. */
  async #deployCollector({ metadata, spec, status }: V1Deployment): Promise<void> {
    const name = metadata?.name as string;
    if (status?.availableReplicas || this.#collectors.has(name)) return;
    const { data = {} } = await this.call<V1ConfigMap>('GET', `/v1/configmaps/${name}`);
    const [container] = spec?.template.spec?.containers ?? [];
    const configuration = data['collector.yaml'] ?? '';
    const environment = this.#podEnvironment({}, '');
    const env = await containerEnv(container?.env ?? [], environment);
    const collector = this.#programs.collector
      ? await startCollector(this.#programs.collector, environment.root, configuration, env)
      : await simulateCollector(configuration, env);
    this.#collectors.set(name, collector);
    await this.call('PATCH', `apps/v1/deployments/${name}/status`, {
      status: { replicas: 1, readyReplicas: 1, availableReplicas: 1 },
    });
  }
}
