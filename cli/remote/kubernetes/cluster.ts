import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { KubernetesObject, V1Pod } from '@kubernetes/client-node';
import { causeOf } from '../../support/network.ts';
import { codeOf, Problem } from '../../support/problem.ts';
import { type Manifest, toYaml } from './manifests.ts';
import { type STAGES, TEST_RUN } from './test-run-schema.ts';

export type Stage = (typeof STAGES)[number];

/**
 * The operations on a Kubernetes cluster that a run needs. Each operation throws a Problem if the cluster refuses the
 * request or is unreachable.
 */
export interface Cluster {
  /** The namespace for manifests that do not specify a namespace. */
  namespace: string;
  create(manifest: Manifest | KubernetesObject): Promise<void>;
  /** Removes an object from the cluster. Does nothing if the object does not exist. */
  remove(manifest: Manifest | KubernetesObject): Promise<void>;
  /**
   * Returns the stage of a TestRun; null if the operator has not seen the TestRun yet; undefined if the TestRun does
   * not exist.
   */
  stageOf(testRun: string): Promise<Stage | null | undefined>;
  /** Returns the pods that the operator created for a TestRun. */
  podsOf(testRun: string): Promise<V1Pod[]>;
  logOf(pod: string): Promise<string>;
  /** Reads the log of a pod until the pod ends or the signal aborts. */
  followLog(pod: string, signal: AbortSignal): Promise<string>;
  isAvailable(deployment: string): Promise<boolean>;
}

interface ClusterError {
  code?: number;
  body?: unknown;
}

const NOT_FOUND = 404;
/** The name that k6-operator gives to the container of a generator. */
const GENERATOR_CONTAINER = 'k6';

type Client = typeof import('@kubernetes/client-node');

/**
 * Loads the Kubernetes client, which is an optional dependency.
 * @throws Problem if the Kubernetes client is not installed
 */
export async function loadClient(): Promise<Client> {
  try {
    return await import('@kubernetes/client-node');
  } catch (error) {
    if (codeOf(error) !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new Problem(
      'The package @kubernetes/client-node is not installed, but `k8s run` needs it to reach the cluster. ' +
        'Run `npm ci`, without options, to install it.',
    );
  }
}

/**
 * Connects to the cluster of kubectl's current context, or to the cluster in which the runner itself runs.
 * @throws Problem if no cluster is configured
 */
export function connect(client: Client, namespace: string | undefined): Cluster {
  const { AppsV1Api, CoreV1Api, CustomObjectsApi, KubeConfig, KubernetesObjectApi, loadYaml, Log } = client;
  const config = new KubeConfig();
  try {
    config.loadFromDefault();
  } catch (error) {
    throw new Problem(`The kubeconfig cannot be read: ${(error as Error).message}. Check KUBECONFIG.`);
  }
  const context = config.getContextObject(config.getCurrentContext());
  const server = config.getCurrentCluster()?.server ?? 'no cluster';
  const usedNamespace = namespace ?? context?.namespace ?? 'default';
  const objects = KubernetesObjectApi.makeApiClient(config);
  const core = config.makeApiClient(CoreV1Api);
  const apps = config.makeApiClient(AppsV1Api);
  const custom = config.makeApiClient(CustomObjectsApi);

  /**
   * Converts a manifest to an object of the Kubernetes client, because some fields have different names in the client's
   * types than in YAML.
   */
  const toObject = (manifest: Manifest | KubernetesObject): KubernetesObject & { metadata: { name: string } } => {
    const object = loadYaml<KubernetesObject>(toYaml([manifest]));
    return {
      ...object,
      metadata: { ...object.metadata, name: object.metadata?.name ?? '', namespace: usedNamespace },
    };
  };
  const orProblem = async <T>(action: string, request: Promise<T>): Promise<T> => {
    try {
      return await request;
    } catch (error) {
      throw new Problem(`The cluster at ${server} did not ${action}: ${reasonOf(error as ClusterError)}.`);
    }
  };
  const labelSelectorOf = (testRun: string) => `k6_cr=${testRun}`;

  return {
    namespace: usedNamespace,
    async create(manifest) {
      const { kind, metadata } = manifest;
      await orProblem(`accept ${kind} ${metadata?.name}`, objects.create(toObject(manifest)));
    },
    async remove(manifest) {
      const { kind, metadata } = manifest;
      const removal = objects.delete(
        toObject(manifest),
        ...([undefined, undefined, undefined, undefined, 'Background'] as const),
      );
      await orProblem(
        `remove ${kind} ${metadata?.name}`,
        removal.catch((error: ClusterError) => {
          if (error.code !== NOT_FOUND) throw error;
        }),
      );
    },
    async stageOf(name) {
      const request = custom
        .getNamespacedCustomObject({ ...TEST_RUN, namespace: usedNamespace, name })
        .catch((error: ClusterError) => {
          if (error.code === NOT_FOUND) return undefined;
          throw error;
        });
      const testRun = (await orProblem(`show TestRun ${name}`, request)) as { status?: { stage?: Stage } } | undefined;
      return testRun && (testRun.status?.stage ?? null);
    },
    async podsOf(testRun) {
      const { items } = await orProblem(
        'list pods',
        core.listNamespacedPod({ namespace: usedNamespace, labelSelector: labelSelectorOf(testRun) }),
      );
      return items;
    },
    logOf: (name) =>
      orProblem(`show the log of ${name}`, core.readNamespacedPodLog({ namespace: usedNamespace, name })),
    async followLog(name, signal) {
      const log = new PassThrough();
      signal.addEventListener('abort', () => log.end(), { once: true });
      await orProblem(
        `show the log of ${name}`,
        new Log(config).log(usedNamespace, name, GENERATOR_CONTAINER, log, { follow: true }),
      );
      return text(log);
    },
    async isAvailable(name) {
      const { status } = await orProblem(
        `show Deployment ${name}`,
        apps.readNamespacedDeployment({ namespace: usedNamespace, name }),
      );
      return (status?.availableReplicas ?? 0) > 0;
    },
  };
}

/**
 * Returns why a request to the cluster failed: the message in the response, or the network error if there was no
 * response.
 */
function reasonOf(error: ClusterError): string {
  if (error.code === undefined) return causeOf(error);
  const body = typeof error.body === 'string' ? messageIn(error.body) : (error.body as { message?: string });
  return `${error.code} ${body?.message ?? 'without a reason'}`;
}

function messageIn(text: string): { message?: string } {
  try {
    return JSON.parse(text);
  } catch {
    return { message: text.slice(0, 200) };
  }
}
