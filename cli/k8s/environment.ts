import type { V1EnvVar } from '@kubernetes/client-node';
import type { TestPlan } from '../../lib/core/plan.ts';
import { type VariableName, variables } from '../../lib/core/variables.ts';
import { CLOUD_VARIABLES } from '../cloud/variables.ts';
import { PROBE_VARIABLES } from '../probes/table.ts';
import { ALL_STORE_VARIABLES } from '../telemetry/stores.ts';

/** What only the runner reads, or sets anew for each run. */
const NOT_FOR_PODS: ReadonlySet<string> = new Set([
  ...PROBE_VARIABLES,
  ...ALL_STORE_VARIABLES,
  ...CLOUD_VARIABLES,
  'K6_BIN',
  'RUN_ID',
  'SUMMARY_FILE',
]);

/** Variable with which a collector shows that it may send. */
export const TOKEN = 'COLLECT_TOKEN';

/** With these the options of a test are worked out; the rest may have stand-ins meanwhile. */
const SHAPING: readonly VariableName[] = ['TIME_SCALE', 'VUS_SCALE', 'SEED', 'GENERATORS'];

const isSecret = (name: VariableName): boolean => 'secret' in variables[name];

/** The secret variables that the pods of a test need: what it requires, and what is set besides. */
export function secretsOf({ requires }: Pick<TestPlan, 'requires'>, env: NodeJS.ProcessEnv): VariableName[] {
  return forPods().filter((name) => isSecret(name) && (requires.includes(name) || Boolean(env[name])));
}

/** What of that is in plain sight in manifests, and has to be set before they are made. */
export const plainRequirements = ({ requires }: Pick<TestPlan, 'requires'>): VariableName[] =>
  requires.filter((name) => !isSecret(name));

/** Secrets as a cluster holds them. */
export const secretData = (values: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, Buffer.from(value).toString('base64')]),
  );

/** The variables of a test as its pods get them. Of a secret there is the place alone where its value is. */
export function podVariables(
  plan: Pick<TestPlan, 'requires'>,
  env: NodeJS.ProcessEnv,
  secret: string,
): V1EnvVar[] {
  const plain = forPods().filter((name) => !isSecret(name) && env[name]);
  return [
    ...plain.map((name) => ({ name, value: env[name] as string })),
    ...secretsOf(plan, env).map((name) => secretVariable(name, secret)),
  ];
}

export const secretVariable = (name: string, secret: string): V1EnvVar => ({
  name,
  valueFrom: { secretKeyRef: { name: secret, key: name } },
});

/**
 * For the operator's initializer, which has k6 describe the test and nothing else. It hands every variable on in argv,
 * so it gets no secret: with the environment local there are stand-ins for all that a test requires.
 */
export function initializerVariables(env: NodeJS.ProcessEnv): V1EnvVar[] {
  return [
    { name: 'TEST_ENV', value: 'local' },
    { name: 'K6_LOG_FORMAT', value: 'json' },
    ...SHAPING.filter((name) => env[name]).map((name) => ({ name, value: env[name] as string })),
  ];
}

export const secretNames = () => (Object.keys(variables) as VariableName[]).filter(isSecret);

const forPods = () => (Object.keys(variables) as VariableName[]).filter((name) => !NOT_FOR_PODS.has(name));
