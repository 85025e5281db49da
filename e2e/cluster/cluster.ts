import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { V1ConfigMap, V1Deployment, V1Job, V1Secret } from '@kubernetes/client-node';
import type { TestRun } from '../../cli/remote/kubernetes/manifests.ts';
import type { STAGES } from '../../cli/remote/kubernetes/test-run-schema.ts';
import { freeAddress } from '../../cli/run/k6-api.ts';
import type { Sandbox } from '../suite.ts';
import { type Collector, playCollector, startCollector } from './collector.ts';
import { jobsOf } from './operator.ts';
import { type PlayedPod, playPod, type Surroundings, valuesOf } from './pod.ts';

export interface ApiServer extends AsyncDisposable {
  /** What a kubeconfig says of it. */
  kubeconfig: { server: string; 'certificate-authority-data'?: string; 'insecure-skip-tls-verify'?: true };
  send(method: string, target: string, body?: object): Promise<{ code: number; text: string }>;
}

/** The log of a pod, to its end where it is followed; undefined where there is no such pod. */
export type LogOf = (pod: string, follow: boolean) => Promise<string | undefined>;

/** Paths of what images have in them. */
interface Programs {
  /** Of that name. */
  k6: string;
  /** Absent where it is played. */
  collector?: string;
}

type Stage = (typeof STAGES)[number];
type Observed = TestRun & { status?: { stage?: Stage } };

export const NAMESPACE = 'load';
/** The only machine. */
export const NODE = 'loopback';
/** Of the only user. */
export const TOKEN = 'loopback-token-3f21';
const TICK_MS = 50;

/**
 * Plays what a cluster has beside its API server: k6-operator, the controllers of jobs and deployments, and machines.
 * Pods are processes of this machine, and a collector is one that hands telemetry on as its configuration says.
 */
export class Cluster {
  readonly kubeconfig: string;
  /** All jobs that there were. */
  readonly jobs: V1Job[] = [];
  readonly #sandbox: Sandbox;
  readonly #programs: Programs;
  readonly #pods = new Map<string, { played: PlayedPod; testRun: string; address: string; told: boolean }>();
  readonly #collectors = new Map<string, Collector>();
  readonly #stop = new AbortController();
  #server: ApiServer | undefined;
  #playing: Promise<void> | null = null;

  constructor(sandbox: Sandbox, programs: Programs) {
    this.#sandbox = sandbox;
    this.#programs = programs;
    this.kubeconfig = path.join(sandbox.folder, 'kubeconfig');
  }

  async start(startServer: (logOf: LogOf) => Promise<ApiServer>): Promise<void> {
    this.#server = await startServer(async (name, follow) => {
      const { played } = this.#pods.get(name) ?? {};
      if (follow) await played?.exit;
      return played?.log;
    });
    const { kubeconfig: cluster } = this.#server;
    const context = { cluster: 'played', user: 'tester', namespace: NAMESPACE };
    writeFileSync(
      this.kubeconfig,
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'Config',
        clusters: [{ name: 'played', cluster }],
        users: [{ name: 'tester', user: { token: TOKEN } }],
        contexts: [{ name: 'played', context }],
        'current-context': 'played',
      }),
    );
  }

  play(): void {
    this.#playing = this.#loop();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#playing;
    for (const { played } of this.#pods.values()) played.process.kill('SIGKILL');
    for (const { stop } of this.#collectors.values()) stop();
    await this.#server?.[Symbol.asyncDispose]();
  }

  /** Everything of a kind that there is. */
  async list<T>(collection: string): Promise<T[]> {
    return (await this.call<{ items: T[] }>('GET', `${collection}`)).items;
  }

  /** The process of a pod. */
  pod(name: string): PlayedPod {
    const pod = this.#pods.get(name);
    if (!pod) throw new Error(`there is no pod ${name}, but ${[...this.#pods.keys()].join(', ')}`);
    return pod.played;
  }

  /** @param place `group/version/kinds[/name[/subresource]]` of the namespace, the group of what is oldest empty */
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
          await this.#collect(deployment);
        const testRuns = await this.list<Observed>('k6.io/v1alpha1/testruns');
        await this.#collectGarbage(new Set(testRuns.map(({ metadata }) => metadata.name as string)));
        for (const testRun of testRuns) await this.#reconcile(testRun);
      } catch (error) {
        // Deleted in the meantime, as anything may be; the rest is a fault of the play.
        if ((error as { code?: number }).code !== 404) console.error(error);
      }
      await sleep(TICK_MS);
    }
  }

  async #reconcile(testRun: Observed): Promise<void> {
    const name = testRun.metadata.name as string;
    const stage = (to: Stage) =>
      this.call('PATCH', `k6.io/v1alpha1/testruns/${name}/status`, { status: { stage: to } });
    const { initializer, runners } = jobsOf(testRun);
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
        for (const { address } of this.#podsOf(name)) await this.#begin(address);
        await stage('started');
        return;
      case 'started': {
        const ended = this.#podsOf(name).every(
          ({ played: { process } }) => process.exitCode !== null || process.signalCode,
        );
        if (ended) await stage('finished');
      }
    }
  }

  /** Runners only: the initializer has no address. */
  #podsOf(testRun: string) {
    return [...this.#pods.values()].filter((pod) => pod.testRun === testRun && pod.address !== '');
  }

  async #start(job: V1Job, testRun: string): Promise<PlayedPod> {
    this.jobs.push(job);
    await this.call('POST', 'batch/v1/jobs', job);
    const { metadata, spec } = job.spec?.template ?? {};
    const name = `${job.metadata?.name}-x7f2q`;
    const labels = metadata?.labels ?? {};
    await this.call('POST', '/v1/pods', {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, labels },
      spec: { ...spec, nodeName: NODE },
    });
    const status = (change: object) => this.call('PATCH', `/v1/pods/${name}/status`, { status: change });
    const address = labels.runner ? await freeAddress() : '';
    const played = await playPod(spec as NonNullable<typeof spec>, this.#surroundings(labels, address));
    this.#pods.set(name, { played, testRun, address, told: false });
    await status({ phase: 'Running' });
    void played.exit.then(async (exitCode) => {
      await status({
        phase: exitCode === 0 ? 'Succeeded' : 'Failed',
        containerStatuses: [
          {
            name: 'k6',
            image: 'played',
            imageID: '',
            ready: false,
            restartCount: 0,
            state: { terminated: { exitCode, reason: exitCode === 0 ? 'Completed' : 'Error' } },
          },
        ],
      }).catch(() => {});
    });
    return played;
  }

  #surroundings(labels: Record<string, string>, address: string): Surroundings {
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

  /** Folder of a PersistentVolumeClaim. */
  claim(name: string): string {
    const folder = path.join(this.#sandbox.folder, `claim-${name}`);
    mkdirSync(folder, { recursive: true });
    return folder;
  }

  /** As soon as it has made its VUs. */
  async #begin(address: string): Promise<void> {
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

  /** What a TestRun owned goes with it: its pods are told to end, and given time for it. */
  async #collectGarbage(there: ReadonlySet<string>): Promise<void> {
    for (const [name, pod] of this.#pods) {
      if (pod.told || there.has(pod.testRun)) continue;
      pod.told = true;
      pod.played.process.kill('SIGTERM');
      void pod.played.exit.then(async () => {
        this.#pods.delete(name);
        await this.call('DELETE', `/v1/pods/${name}?gracePeriodSeconds=0`).catch(() => {});
        await this.call(
          'DELETE',
          `batch/v1/jobs/${name.replace(/-x7f2q$/, '')}?propagationPolicy=Background`,
        ).catch(() => {});
      });
    }
  }

  /** Plays a collector that is deployed, until its deployment is deleted. */
  async #collect({ metadata, spec, status }: V1Deployment): Promise<void> {
    const name = metadata?.name as string;
    if (status?.availableReplicas || this.#collectors.has(name)) return;
    const { data = {} } = await this.call<V1ConfigMap>('GET', `/v1/configmaps/${name}`);
    const [container] = spec?.template.spec?.containers ?? [];
    const configuration = data['collector.yaml'] ?? '';
    const around = this.#surroundings({}, '');
    const env = await valuesOf(container?.env ?? [], around);
    const collector = this.#programs.collector
      ? await startCollector(this.#programs.collector, around.root, configuration, env)
      : await playCollector(configuration, env);
    this.#collectors.set(name, collector);
    await this.call('PATCH', `apps/v1/deployments/${name}/status`, {
      status: { replicas: 1, readyReplicas: 1, availableReplicas: 1 },
    });
  }
}
