import { jsonRoundTrip, validator } from '../../results/validator.ts';

/**
 * The structure of a TestRun of k6-operator (k6.io/v1alpha1), as a structural schema of Kubernetes. The source is
 * docs/crd-generated.md of github.com/grafana/k6-operator (Apache-2.0), for operator 1.x. The schema contains the
 * fields that load-suite renders and a few more.
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
/** An amount of CPU or memory. */
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
    }),
  },
  'name',
);
const mount = object({ name: text, mountPath: text, subPath: text, readOnly: flag }, 'mountPath', 'name');
const resources = object({ limits: map(quantity), requests: map(quantity) });
const identity = {
  runAsUser: int64,
  runAsGroup: int64,
  runAsNonRoot: flag,
  seccompProfile: object({ type: text, localhostProfile: text }, 'type'),
};

const pod = object({
  automountServiceAccountToken: text,
  containerSecurityContext: object({
    ...identity,
    allowPrivilegeEscalation: flag,
    capabilities: object({ add: list(text), drop: list(text) }),
    readOnlyRootFilesystem: flag,
  }),
  env: list(variable),
  image: text,
  initContainers: list(object({ name: text, image: text, command: list(text), volumeMounts: list(mount) })),
  livenessProbe: anything,
  metadata: object({ annotations: map(text), labels: map(text) }),
  resources,
  securityContext: object({ ...identity, fsGroup: int64 }),
  volumeMounts: list(mount),
  volumes: list({ ...anything, properties: { name: text }, required: ['name'] }),
});

const file = object({ name: text, file: text }, 'name');

const spec = object(
  {
    arguments: text,
    cleanup: { ...text, enum: ['post'] },
    initializer: pod,
    parallelism: { ...int32, minimum: 1 },
    paused: text,
    quiet: text,
    runner: pod,
    script: object({
      configMap: file,
      localFile: text,
      volumeClaim: object({ name: text, file: text, readOnly: flag }, 'name'),
    }),
    separate: flag,
    starter: pod,
  },
  'parallelism',
  'script',
);

/** The stages of a TestRun, in order. The last stage of a failed TestRun is `error`. */
export const STAGES = ['initialization', 'initialized', 'created', 'started', 'stopped', 'finished', 'error'] as const;

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

const validate = validator(strict(TEST_RUN_STRUCTURE), 'TestRun');

/**
 * Validates a TestRun against the schema of k6-operator.
 * @throws Error that names the first invalid field
 */
export function assertTestRun(run: unknown): void {
  validate(jsonRoundTrip(run));
}

/**
 * Converts the structural schema to a JSON Schema that also refuses unknown fields. Kubernetes would silently drop
 * unknown fields, or refuse them only after the run has begun.
 */
function strict({
  properties,
  items,
  additionalProperties,
  format: _format,
  'x-kubernetes-int-or-string': intOrString,
  'x-kubernetes-preserve-unknown-fields': open,
  ...kept
}: Structure): object {
  return {
    ...kept,
    ...(intOrString && { type: ['string', 'integer'] }),
    ...(properties && {
      properties: Object.fromEntries(Object.entries(properties).map(([name, value]) => [name, strict(value)])),
      ...(!open && { additionalProperties: false }),
    }),
    ...(additionalProperties && { additionalProperties: strict(additionalProperties) }),
    ...(items && { items: strict(items) }),
  };
}
