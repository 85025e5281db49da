import type { V1EnvVar } from '@kubernetes/client-node';
import type { TestPlan, VariableName } from '../../../lib/core/definition/index.ts';
import { plainVariables, secretsOf } from '../variables.ts';

/** Variable with which a collector shows that it may send. */
export const TOKEN = 'COLLECT_TOKEN';

/** With these the options of a test are worked out; the rest may have stand-ins meanwhile. */
const SHAPING: readonly VariableName[] = ['TIME_SCALE', 'VUS_SCALE', 'SEED', 'GENERATORS'];

/** Secrets as a cluster holds them. */
export const secretData = (values: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, Buffer.from(value).toString('base64')]),
  );

/** The variables of a test as its pods get them. Of a secret there is the place alone where its value is. */
export function podVariables(
  plan: Pick<TestPlan, 'variables'>,
  env: NodeJS.ProcessEnv,
  secret: string,
): V1EnvVar[] {
  return [
    ...plainVariables(plan, env).map(([name, value]) => ({ name, value })),
    ...secretsOf(plan).map((name) => secretVariable(name, secret)),
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
