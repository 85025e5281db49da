/**
 * The structure of a TestRun of k6-operator (k6.io/v1alpha1), written from its documentation: docs/crd-generated.md of
 * github.com/grafana/k6-operator (Apache-2.0), as of operator 1.x. Only the structure, in the words of a structural
 * schema of Kubernetes: of what belongs to pods in general and is not rendered here, the inside stays open.
 */
export interface Structure {
  type?: 'object' | 'array' | 'string' | 'integer' | 'boolean';
  properties?: Record<string, Structure>;
  required?: string[];
  items?: Structure;
  additionalProperties?: Structure;
  enum?: string[];
  format?: 'int32' | 'int64';
  minimum?: number;
  pattern?: string;
  'x-kubernetes-int-or-string'?: true;
  'x-kubernetes-preserve-unknown-fields'?: true;
}

const text: Structure = { type: 'string' };
const flag: Structure = { type: 'boolean' };
const int32: Structure = { type: 'integer', format: 'int32' };
const int64: Structure = { type: 'integer', format: 'int64' };
/** What Kubernetes takes for an amount of CPU or memory. */
const quantity: Structure = {
  'x-kubernetes-int-or-string': true,
  pattern: '^([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([numkMGTPE]|[KMGTPE]i|[eE][+-]?[0-9]+)?$',
};
const anything: Structure = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
const object = (properties: Record<string, Structure>, ...required: string[]): Structure => ({
  type: 'object',
  properties,
  ...(required.length > 0 && { required }),
});
const list = (items: Structure): Structure => ({ type: 'array', items });
const map = (values: Structure): Structure => ({ type: 'object', additionalProperties: values });

const keyOf = object({ name: text, key: text, optional: flag }, 'key');
const variable = object(
  {
    name: text,
    value: text,
    valueFrom: object({
      configMapKeyRef: keyOf,
      secretKeyRef: keyOf,
      fieldRef: object({ apiVersion: text, fieldPath: text }, 'fieldPath'),
      resourceFieldRef: object({ containerName: text, divisor: quantity, resource: text }, 'resource'),
    }),
  },
  'name',
);
const source = object({ name: text, optional: flag });
const variablesFrom = object({ prefix: text, configMapRef: source, secretRef: source });
const mount = object(
  {
    name: text,
    mountPath: text,
    subPath: text,
    subPathExpr: text,
    readOnly: flag,
    recursiveReadOnly: text,
    mountPropagation: text,
  },
  'mountPath',
  'name',
);
const resources = object({ limits: map(quantity), requests: map(quantity), claims: list(anything) });
const profile = object({ type: text, localhostProfile: text }, 'type');
const identity = { runAsUser: int64, runAsGroup: int64, runAsNonRoot: flag, seccompProfile: profile };

const initContainer = object({
  name: text,
  image: text,
  command: list(text),
  args: list(text),
  workingDir: text,
  env: list(variable),
  envFrom: list(variablesFrom),
  volumeMounts: list(mount),
  resources,
  restartPolicy: text,
});

const pod = object({
  disabled: flag,
  affinity: anything,
  automountServiceAccountToken: text,
  containerSecurityContext: object({
    ...identity,
    allowPrivilegeEscalation: flag,
    appArmorProfile: profile,
    capabilities: object({ add: list(text), drop: list(text) }),
    privileged: flag,
    procMount: text,
    readOnlyRootFilesystem: flag,
    seLinuxOptions: anything,
    windowsOptions: anything,
  }),
  env: list(variable),
  envFrom: list(variablesFrom),
  image: text,
  imagePullPolicy: text,
  imagePullSecrets: list(object({ name: text })),
  initContainers: list(initContainer),
  livenessProbe: anything,
  metadata: object({ annotations: map(text), labels: map(text) }),
  nodeSelector: map(text),
  priorityClassName: text,
  readinessProbe: anything,
  resources,
  schedulerName: text,
  securityContext: object({
    ...identity,
    appArmorProfile: profile,
    fsGroup: int64,
    fsGroupChangePolicy: text,
    seLinuxOptions: anything,
    supplementalGroups: list(int64),
    sysctls: list(object({ name: text, value: text }, 'name', 'value')),
    windowsOptions: anything,
  }),
  serviceAccountName: text,
  tolerations: list(anything),
  topologySpreadConstraints: list(anything),
  volumeMounts: list(mount),
  volumes: list({ ...anything, properties: { name: text }, required: ['name'] }),
});

const file = object({ name: text, file: text }, 'name');

const spec = object(
  {
    arguments: text,
    cleanup: { ...text, enum: ['post'] },
    cloud: object({ token: text, testRunId: text, stream: flag }),
    initializer: pod,
    parallelism: { ...int32, minimum: 1 },
    paused: text,
    ports: list(anything),
    quiet: text,
    runner: pod,
    script: object({
      configMap: file,
      localFile: text,
      volumeClaim: object({ name: text, file: text, readOnly: flag }, 'name'),
    }),
    scuttle: anything,
    separate: flag,
    starter: pod,
    testRunId: text,
    token: text,
  },
  'parallelism',
  'script',
);

/** What a TestRun goes through, from left to right, or ends in. */
export const STAGES = [
  'initialization',
  'initialized',
  'created',
  'started',
  'stopped',
  'finished',
  'error',
] as const;

const status = object({
  aggregationVars: text,
  conditions: list(anything),
  stage: { ...text, enum: [...STAGES] },
  testRunId: text,
});

export const TEST_RUN = { group: 'k6.io', version: 'v1alpha1', plural: 'testruns', kind: 'TestRun' } as const;

export const TEST_RUN_STRUCTURE = object(
  { apiVersion: text, kind: text, metadata: { type: 'object' }, spec, status },
  'apiVersion',
  'kind',
  'metadata',
  'spec',
);
