import type { V1Container, V1EnvVar, V1Job, V1PodSpec, V1Volume } from '@kubernetes/client-node';
import type { TestRun } from '../../cli/remote/kubernetes/manifests.ts';
import { executionSegments } from '../../lib/core/telemetry/index.ts';

/**
 * The jobs that k6-operator creates for a TestRun, modeled on operator 1.x (pkg/resources/jobs of
 * github.com/grafana/k6-operator, Apache-2.0). Supports only the fields that load-suite sets in a TestRun, and none of
 * the operator's defaults.
 */
export function operatorJobs({ metadata, spec }: TestRun): { initializer: V1Job; runners: V1Job[] } {
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
    initializer: job('initializer', spec.initializer, initializerCommand(script, spec.initializer.env)),
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

const SCRIPT_VOLUME: Pick<V1Volume, 'name'> & { mountPath: string } = {
  name: 'k6-test-volume',
  mountPath: '/test',
};

function scriptOf(script: TestRun['spec']['script']): { script: string; volume: V1Volume } {
  if ('configMap' in script)
    return {
      script: `${SCRIPT_VOLUME.mountPath}/${script.configMap.file}`,
      volume: { name: SCRIPT_VOLUME.name, configMap: { name: script.configMap.name } },
    };
  const { name, file, readOnly } = script.volumeClaim;
  return {
    script: `${SCRIPT_VOLUME.mountPath}/${file}`,
    volume: { name: SCRIPT_VOLUME.name, persistentVolumeClaim: { claimName: name, readOnly } },
  };
}

function podOf(pod: TestRun['spec']['runner'], command: string[], scripts: V1Volume): V1PodSpec {
  const { resources, env, image, containerSecurityContext: securityContext } = pod;
  const container = (fields: Partial<V1Container> & Pick<V1Container, 'name'>): V1Container => ({
    ...fields,
    securityContext,
    volumeMounts: [SCRIPT_VOLUME, ...(fields.volumeMounts ?? [])],
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

/**
 * Returns the command of the initializer, which archives the test and inspects the archive. Every environment variable
 * is passed as a process argument.
 */
function initializerCommand(script: string, env: readonly V1EnvVar[]): string[] {
  const archive = `/tmp/${script.slice(SCRIPT_VOLUME.mountPath.length + 1)}.archived.tar`;
  const variables = env.map(({ name }) => `-e ${name}="\${${name}}"`).join(' ');
  return [
    'sh',
    '-c',
    `k6 archive ${script} ${variables} -O ${archive} 2> /tmp/k6logs || { cat /tmp/k6logs; exit 1; }
     k6 inspect --execution-requirements ${archive} 2> /tmp/k6logs || { cat /tmp/k6logs; exit 1; }
     ! grep 'level.*error' /tmp/k6logs`,
  ];
}
