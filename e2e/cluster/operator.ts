import type { V1Container, V1EnvVar, V1Job, V1PodSpec, V1Volume } from '@kubernetes/client-node';
import type { TestRun } from '../../cli/remote/kubernetes/manifests.ts';
import { executionSegments } from '../../lib/core/telemetry/index.ts';

/**
 * The jobs that k6-operator makes of a TestRun, as far as what is rendered here can tell: written after what operator
 * 1.x does (pkg/resources/jobs of github.com/grafana/k6-operator, Apache-2.0). Where it would take what a TestRun does
 * not say from its own defaults, there is nothing.
 */
export function jobsOf({ metadata, spec }: TestRun): { initializer: V1Job; runners: V1Job[] } {
  const name = metadata.name as string;
  const { script, volume } = scriptOf(spec.script);
  const segments = executionSegments(spec.parallelism);
  const job = (suffix: string, pod: TestRun['spec']['runner'], command: string[], labels = {}): V1Job => ({
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name: `${name}-${suffix}`,
      labels: { app: 'k6', k6_cr: name, ...labels, ...pod.metadata.labels },
    },
    spec: {
      backoffLimit: 0,
      template: {
        metadata: {
          labels: {
            app: 'k6',
            k6_cr: name,
            'job-name': `${name}-${suffix}`,
            ...labels,
            ...pod.metadata.labels,
          },
        },
        spec: podOf(pod, command, volume),
      },
    },
  });
  return {
    initializer: job('initializer', spec.initializer, initializing(script, spec.initializer.env)),
    runners: segments.map(({ segment, sequence }, i) =>
      job(
        String(i + 1),
        spec.runner,
        [
          'k6',
          'run',
          '--quiet',
          ...(segments.length > 1
            ? [`--execution-segment=${segment}`, `--execution-segment-sequence=${sequence}`]
            : []),
          ...spec.arguments.split(' '),
          script,
          '--address=0.0.0.0:6565',
          '--paused',
          ...['--tag', `instance_id=${i + 1}`],
          ...['--tag', `testrun_name=${name}`],
        ],
        { runner: 'true' },
      ),
    ),
  };
}

const SCRIPTS: Pick<V1Volume, 'name'> & { mountPath: string } = {
  name: 'k6-test-volume',
  mountPath: '/test',
};

function scriptOf(script: TestRun['spec']['script']): { script: string; volume: V1Volume } {
  if ('configMap' in script)
    return {
      script: `${SCRIPTS.mountPath}/${script.configMap.file}`,
      volume: { name: SCRIPTS.name, configMap: { name: script.configMap.name } },
    };
  const { name, file, readOnly } = script.volumeClaim;
  return {
    script: `${SCRIPTS.mountPath}/${file}`,
    volume: { name: SCRIPTS.name, persistentVolumeClaim: { claimName: name, readOnly } },
  };
}

function podOf(pod: TestRun['spec']['runner'], command: string[], scripts: V1Volume): V1PodSpec {
  const { resources, env, image, containerSecurityContext: securityContext } = pod;
  const container = (one: Partial<V1Container> & Pick<V1Container, 'name'>): V1Container => ({
    ...one,
    securityContext,
    volumeMounts: [SCRIPTS, ...(one.volumeMounts ?? [])],
  });
  return {
    automountServiceAccountToken: pod.automountServiceAccountToken !== 'false',
    restartPolicy: 'Never',
    securityContext: pod.securityContext,
    initContainers: pod.initContainers?.map(container),
    containers: [container({ name: 'k6', image, command, env, resources, volumeMounts: pod.volumeMounts })],
    volumes: [scripts, ...(pod.volumes ?? [])],
  };
}

/** It has k6 pack the test and describe the package, with every variable in argv. */
function initializing(script: string, env: readonly V1EnvVar[]): string[] {
  const archive = `/tmp/${script.slice(SCRIPTS.mountPath.length + 1)}.archived.tar`;
  const variables = env.map(({ name }) => `-e ${name}="\${${name}}"`).join(' ');
  return [
    'sh',
    '-c',
    `k6 archive ${script} ${variables} -O ${archive} 2> /tmp/k6logs || { cat /tmp/k6logs; exit 1; }
     k6 inspect --execution-requirements ${archive} 2> /tmp/k6logs || { cat /tmp/k6logs; exit 1; }
     ! grep 'level.*error' /tmp/k6logs`,
  ];
}
