import path from 'node:path';
import type {
  V1ConfigMap,
  V1Container,
  V1Deployment,
  V1EnvVar,
  V1NetworkPolicyIngressRule,
  V1NetworkPolicySpec,
  V1ObjectMeta,
  V1PodSpec,
  V1Probe,
  V1Secret,
  V1Service,
  V1Volume,
  V1VolumeMount,
} from '@kubernetes/client-node';
import { stringify } from 'yaml';
import { SLASH } from './files.ts';
import type { ClusterSettings } from './settings.ts';
import { TEST_RUN } from './test-run-schema.ts';

/** The values from which the manifests are rendered. */
export interface Rendering {
  /** The name of the TestRun, which is also the prefix of the names of all other objects. */
  name: string;
  settings: ClusterSettings;
  labels: Record<string, string>;
  script: Script;
  environment: V1EnvVar[];
  initializerEnvironment: V1EnvVar[];
  /**
   * The URL to which the collector forwards telemetry, with its token; null if the collector writes telemetry to a
   * file.
   */
  forward: { url: string; token: V1EnvVar } | null;
}

/** The source from which pods read the test: a ConfigMap, or an archive on an existing volume. */
export type Script =
  | { from: 'config-map'; entry: string; data: Record<string, string>; binaryData: Record<string, string> }
  | { from: 'claim'; claim: string; archive: string };

export interface TestRun {
  apiVersion: 'k6.io/v1alpha1';
  kind: typeof TEST_RUN.kind;
  metadata: V1ObjectMeta;
  spec: {
    parallelism: number;
    separate?: boolean;
    arguments: string;
    script: { configMap: { name: string; file: string } } | { volumeClaim: VolumeClaim };
    initializer: TestPod;
    runner: TestPod;
  };
}

interface VolumeClaim {
  name: string;
  file: string;
  readOnly: boolean;
}

/**
 * The description of a pod in a TestRun, in which fields of the pod and fields of its container are on the same level.
 */
interface TestPod extends Pick<V1PodSpec, 'securityContext' | 'volumes'> {
  automountServiceAccountToken: 'false';
  image: string;
  env: V1EnvVar[];
  metadata: { labels: Record<string, string> };
  resources: V1Container['resources'];
  containerSecurityContext: V1Container['securityContext'];
  initContainers?: Pick<V1Container, 'name' | 'image' | 'command' | 'volumeMounts'>[];
  volumeMounts: V1VolumeMount[];
  livenessProbe?: V1Probe;
}

/**
 * A NetworkPolicy, as written in YAML. The type of the Kubernetes client is not used, because it calls the field `from`
 * `_from`.
 */
interface NetworkPolicy {
  apiVersion: 'networking.k8s.io/v1';
  kind: 'NetworkPolicy';
  metadata: V1ObjectMeta;
  spec: Omit<V1NetworkPolicySpec, 'ingress'> & {
    ingress: { from: V1NetworkPolicyIngressRule['_from']; ports: V1NetworkPolicyIngressRule['ports'] }[];
  };
}

export type Manifest = V1ConfigMap | V1Deployment | NetworkPolicy | V1Secret | V1Service | TestRun;

/** The standard port of OpenTelemetry's HTTP protocol. */
const OTLP_PORT = 4318;
/** The port of k6's REST API, through which the operator starts a test. */
const K6_PORT = 6565;
const DNS_PORT = 53;
/**
 * The addresses of cloud metadata services. Load generators may not connect to them, because these services provide
 * credentials.
 */
const METADATA_V4 = '169.254.169.254/32';
const METADATA_V6 = 'fd00:ec2::254/128';

export const collectorEndpoint = (name: string): string => `${name}-collector:${OTLP_PORT}`;

/**
 * Returns the manifests in the order in which to apply them. The TestRun comes last, because it depends on the other
 * objects.
 */
export function manifestsOf(rendering: Rendering): Record<string, Manifest[]> {
  const { script } = rendering;
  return {
    '1-network': [generatorPolicy(rendering), collectorPolicy(rendering)],
    '2-collector': [collectorConfig(rendering), collectorService(rendering), collector(rendering)],
    ...(script.from === 'config-map' && { '3-test': [testFiles(rendering, script)] }),
    '4-testrun': [testRun(rendering)],
  };
}

export const toYaml = (manifests: readonly object[]): string =>
  manifests.map((manifest) => stringify(manifest, { lineWidth: 0, aliasDuplicateObjects: false })).join('---\n');

const testFiles = (
  rendering: Rendering,
  { data, binaryData }: Extract<Script, { from: 'config-map' }>,
): V1ConfigMap => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: metadata(rendering), data, binaryData });

const metadata = ({ name, settings: { namespace }, labels }: Rendering, suffix = ''): V1ObjectMeta => ({
  name: name + suffix,
  ...(namespace && { namespace }),
  labels,
});

/** Returns the label that k6-operator adds to every pod of a TestRun. */
const podsOf = (name: string) => ({ k6_cr: name });
const collectorLabels = ({ name }: Rendering) => ({
  'app.kubernetes.io/instance': name,
  'app.kubernetes.io/component': 'collector',
});

/** Returns a NetworkPolicy that blocks all incoming and outgoing traffic except the traffic that the rules allow. */
const policy = (
  rendering: Rendering,
  suffix: string,
  labels: Record<string, string>,
  rules: Pick<NetworkPolicy['spec'], 'ingress' | 'egress'>,
): NetworkPolicy => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: metadata(rendering, suffix),
  spec: { podSelector: { matchLabels: labels }, policyTypes: ['Ingress', 'Egress'], ...rules },
});

function generatorPolicy(rendering: Rendering): NetworkPolicy {
  return policy(rendering, '-generators', podsOf(rendering.name), {
    // Allow connections from any namespace, because k6-operator runs in another namespace.
    ingress: [{ from: [{ namespaceSelector: {} }], ports: [{ port: K6_PORT, protocol: 'TCP' }] }],
    // Allow connections to any address, because the target may be anywhere.
    egress: [
      {
        to: [
          { namespaceSelector: {} },
          { ipBlock: { cidr: '0.0.0.0/0', except: [METADATA_V4] } },
          { ipBlock: { cidr: '::/0', except: [METADATA_V6] } },
        ],
      },
    ],
  });
}

function collectorPolicy(rendering: Rendering): NetworkPolicy {
  return policy(rendering, '-collector', collectorLabels(rendering), {
    ingress: [
      {
        from: [{ podSelector: { matchLabels: podsOf(rendering.name) } }],
        ports: [{ port: OTLP_PORT, protocol: 'TCP' }],
      },
    ],
    egress: rendering.forward
      ? [
          {
            ports: [
              { port: DNS_PORT, protocol: 'UDP' },
              { port: DNS_PORT, protocol: 'TCP' },
              { port: portOf(rendering.forward.url), protocol: 'TCP' },
            ],
          },
        ]
      : [],
  });
}

/** Returns the port of a URL, or the default port of its scheme. */
export function portOf(url: string): number {
  const { port, protocol } = new URL(url);
  return port ? Number(port) : protocol === 'https:' ? 443 : 80;
}

const TELEMETRY_FOLDER = '/telemetry';

function collectorConfig(rendering: Rendering): V1ConfigMap {
  const { forward } = rendering;
  const exporters = forward
    ? {
        otlp_http: {
          endpoint: forward.url,
          headers: { authorization: `Bearer \${env:${forward.token.name}}` },
        },
      }
    : { file: { path: `${TELEMETRY_FOLDER}/metrics.json` } };
  const config = {
    receivers: { otlp: { protocols: { http: { endpoint: `0.0.0.0:${OTLP_PORT}` } } } },
    exporters,
    service: { pipelines: { metrics: { receivers: ['otlp'], exporters: Object.keys(exporters) } } },
  };
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: metadata(rendering, '-collector'),
    data: { 'collector.yaml': stringify(config) },
  };
}

function collectorService(rendering: Rendering): V1Service {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metadata(rendering, '-collector'),
    spec: {
      selector: collectorLabels(rendering),
      ports: [{ name: 'otlp-http', port: OTLP_PORT, targetPort: OTLP_PORT, protocol: 'TCP' }],
    },
  };
}

function collector(rendering: Rendering): V1Deployment {
  const { forward } = rendering;
  const labels = collectorLabels(rendering);
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: metadata(rendering, '-collector'),
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels: { ...rendering.labels, ...labels } },
        spec: {
          automountServiceAccountToken: false,
          // Give the collector time to forward the remaining telemetry before it stops.
          terminationGracePeriodSeconds: 30,
          securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
          containers: [
            {
              name: 'collector',
              image: rendering.settings.collectorImage,
              args: ['--config=/etc/collector/collector.yaml'],
              env: forward ? [forward.token] : [],
              ports: [{ name: 'otlp-http', containerPort: OTLP_PORT, protocol: 'TCP' }],
              readinessProbe: { tcpSocket: { port: OTLP_PORT }, periodSeconds: 2 },
              resources: { requests: { cpu: '100m', memory: '256Mi' }, limits: { memory: '256Mi' } },
              securityContext: LOCKED_DOWN,
              volumeMounts: [
                { name: 'config', mountPath: '/etc/collector', readOnly: true },
                ...(forward ? [] : [{ name: 'telemetry', mountPath: TELEMETRY_FOLDER }]),
              ],
            },
          ],
          volumes: [
            { name: 'config', configMap: { name: `${rendering.name}-collector` } },
            ...(forward ? [] : [{ name: 'telemetry', emptyDir: {} }]),
          ],
        },
      },
    },
  };
}

const LOCKED_DOWN: V1Container['securityContext'] = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  readOnlyRootFilesystem: true,
};

/** The ID of the user that runs k6 in k6's image. */
const K6_USER = 12345;

/**
 * Disable the default liveness probe, because Kubernetes would then restart a busy generator. The result reports
 * overloaded generators instead.
 */
const LIVENESS_PROBE: V1Probe = {
  httpGet: { path: '/v1/status', port: K6_PORT },
  timeoutSeconds: 10,
  periodSeconds: 10,
  failureThreshold: 12,
};

function testRun(rendering: Rendering): TestRun {
  const { name, script } = rendering;
  const { parallelism, separate } = rendering.settings;
  const pod = testPod(rendering);
  return {
    apiVersion: `${TEST_RUN.group}/${TEST_RUN.version}`,
    kind: TEST_RUN.kind,
    metadata: metadata(rendering),
    spec: {
      parallelism,
      ...(separate && { separate }),
      arguments: '--out opentelemetry --no-usage-report',
      script:
        script.from === 'config-map'
          ? { configMap: { name, file: script.entry } }
          : { volumeClaim: { name: script.claim, file: script.archive, readOnly: true } },
      initializer: { ...pod, env: rendering.initializerEnvironment },
      runner: { ...pod, env: rendering.environment, livenessProbe: LIVENESS_PROBE },
    },
  };
}

function testPod({ settings, labels, script }: Rendering): Omit<TestPod, 'env'> {
  const { image, cpu, memory } = settings;
  const files = script.from === 'config-map' ? unpacking(image, Object.keys(script.binaryData)) : null;
  return {
    automountServiceAccountToken: 'false',
    image,
    metadata: { labels },
    // Do not set a CPU limit, because a throttled generator would measure its own delays as response time.
    resources: { requests: { cpu, memory }, limits: { memory } },
    securityContext: {
      runAsNonRoot: true,
      runAsUser: K6_USER,
      runAsGroup: K6_USER,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    containerSecurityContext: LOCKED_DOWN,
    ...(files && { initContainers: [files.container] }),
    volumes: [{ name: 'tmp', emptyDir: {} }, ...(files?.volumes ?? [])],
    volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }, ...(files?.mounts ?? [])],
  };
}

/** The folder in which k6-operator mounts the script of the test. */
const SCRIPTS = '/test';
const UNPACKED = '/files';

/**
 * Returns the init container that unpacks the compressed files of a test to the paths from which the bundles read the
 * files.
 */
function unpacking(
  image: string,
  keys: readonly string[],
): {
  container: NonNullable<TestPod['initContainers']>[number];
  volumes: V1Volume[];
  mounts: V1VolumeMount[];
} | null {
  const folders = [...new Set(keys.map((key) => key.split(SLASH)[0] as string))];
  if (folders.length === 0) return null;
  const commands = [
    `for packed in ${SCRIPTS}/*.gz; do`,
    `  file=${UNPACKED}/$(basename "$packed" .gz | sed 's|${SLASH}|/|g')`,
    '  mkdir -p "$(dirname "$file")"',
    '  gunzip -c "$packed" > "$file"',
    'done',
  ];
  return {
    container: {
      name: 'unpack',
      image,
      command: ['sh', '-ec', commands.join('\n')],
      volumeMounts: [{ name: 'files', mountPath: UNPACKED }],
    },
    volumes: [{ name: 'files', emptyDir: {} }],
    mounts: folders.map((folder) => ({
      name: 'files',
      mountPath: path.posix.join(SCRIPTS, '..', folder),
      subPath: folder,
      readOnly: true,
    })),
  };
}
