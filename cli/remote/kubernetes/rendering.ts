import type { V1EnvVar } from '@kubernetes/client-node';
import { secretVariableNames, type TestPlan, type VariableName } from '../../../lib/core/definition/index.ts';
import { goSettings } from '../../run/go-settings.ts';
import { redactor } from '../../run/redact.ts';
import { Problem } from '../../support/problem.ts';
import { telemetrySettings, windowLengthMs } from '../../telemetry/k6-settings.ts';
import { GENERATOR, RUN_TAG } from '../../telemetry/otlp.ts';
import { plainVariables, secretsOf } from '../variables.ts';
import { filesOf, MAX_CONFIG_MAP_BYTES, packed } from './files.ts';
import { collectorEndpoint, type Rendering, type Script } from './manifests.ts';
import { bytesOf, type ClusterSettings } from './settings.ts';

/** A test, and the settings with which to run the test in a cluster. */
export interface Layout {
  settings: ClusterSettings;
  name: string;
  plan: TestPlan;
  env: NodeJS.ProcessEnv;
  /** The name of the Secret that contains the values of secret variables. */
  secret: string;
  forward: Rendering['forward'];
  /** The ID of the run, with which records that the run creates are marked. */
  runId?: string;
}

/** The environment variable that contains the token of the collector. */
export const TOKEN = 'COLLECT_TOKEN';

/** The variables that determine the options of a test. For all other variables, the initializer uses default values. */
const PLAN_VARIABLES: readonly VariableName[] = ['TIME_SCALE', 'VUS_SCALE', 'SEED', 'GENERATORS'];

/** Encodes values as base64, as a Secret requires. */
export const secretData = (values: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, Buffer.from(value).toString('base64')]));

/**
 * Returns the environment variables for the pods of a test. The value of a secret variable is a reference to a Secret.
 */
function podVariables(plan: Pick<TestPlan, 'variables'>, env: NodeJS.ProcessEnv, secret: string): V1EnvVar[] {
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
 * Returns the variables for the initializer of k6-operator, in which k6 inspects the test. The initializer passes
 * variables in process arguments, which are not safe for secrets. TEST_ENV=local therefore provides default values for
 * secrets.
 */
function initializerVariables(env: NodeJS.ProcessEnv): V1EnvVar[] {
  return [
    { name: 'TEST_ENV', value: 'local' },
    { name: 'K6_LOG_FORMAT', value: 'json' },
    ...PLAN_VARIABLES.filter((name) => env[name]).map((name) => ({ name, value: env[name] as string })),
  ];
}

/**
 * Returns the names of the generators, which are the names of the jobs. k6-operator numbers the jobs of a TestRun from
 * 1.
 */
export const podGeneratorNames = (name: string, parallelism: number): string[] =>
  Array.from({ length: parallelism }, (_, i) => `${name}-${i + 1}`);

/** Returns the values from which to render the manifests. @throws Problem if a manifest would contain a secret */
export function renderingOf(layout: Layout, script: Script): Rendering {
  const { settings, name, plan, env } = layout;
  const rendering: Rendering = {
    name,
    settings,
    labels: {
      'app.kubernetes.io/name': 'load-suite',
      'app.kubernetes.io/instance': name,
      'load-suite/product': plan.product,
      'load-suite/test': plan.test,
    },
    script,
    environment: generatorEnvironment(layout),
    initializerEnvironment: initializerVariables(env),
    forward: layout.forward,
  };
  assertNoSecret(rendering, plan, env);
  return rendering;
}

/**
 * Returns the source from which pods read the bundled test.
 * @throws Problem if the test does not fit into a ConfigMap
 */
export async function scriptOf({ product, test }: TestPlan, claim: string | undefined): Promise<Script> {
  if (claim !== undefined) return { from: 'claim', claim, archive: `${product}-${test}.tar` };
  const files = await filesOf(product, test);
  const { bytes, ...content } = packed(files);
  if (bytes > MAX_CONFIG_MAP_BYTES)
    throw new Problem(
      `${product}/${test} has ${bytes} bytes, but a ConfigMap holds at most ${MAX_CONFIG_MAP_BYTES}. Put the test on a volume with --claim.`,
    );
  return { from: 'config-map', entry: files.entry, ...content };
}

/** The environment variable of a pod that contains the name of the generator. */
const GENERATOR_VARIABLE = 'GENERATOR';
/** The share of a pod's memory limit that Go may use for its heap. */
const HEAP_SHARE = 0.9;

function generatorEnvironment({ settings, name, plan, env, secret, runId }: Layout): V1EnvVar[] {
  const vus = Math.ceil(plan.workload.peakVUs / settings.parallelism);
  const values = {
    ...(runId && { RUN_ID: runId }),
    // Make k6 print the summary to its log, because the files of a pod are lost when the pod ends.
    SUMMARY_FILE: 'stdout',
    GENERATORS: String(settings.parallelism),
    K6_LOG_FORMAT: 'json',
    GOGC: goSettings(env, vus).GOGC,
    GOMEMLIMIT: `${Math.floor(HEAP_SHARE * bytesOf(settings.memory))}B`,
    ...telemetrySettings(collectorEndpoint(name), windowLengthMs(plan.scale.time)),
    OTEL_RESOURCE_ATTRIBUTES: [
      `${GENERATOR}=$(${GENERATOR_VARIABLE})`,
      ...(runId ? [`${RUN_TAG}=${plan.product}/${plan.test}/${runId}`] : []),
    ].join(','),
  };
  return [
    ...podVariables(plan, env, secret),
    // GENERATOR must come before the variables that refer to it.
    { name: GENERATOR_VARIABLE, valueFrom: { fieldRef: { fieldPath: "metadata.labels['job-name']" } } },
    ...Object.entries(values).map(([variable, value]) => ({ name: variable, value })),
  ];
}

/**
 * Checks that no secret appears in the manifests, for example in a URL or a label.
 * @throws Problem that names the exposed variable
 */
function assertNoSecret(rendering: Rendering, { variables }: TestPlan, env: NodeJS.ProcessEnv): void {
  const text = JSON.stringify({ ...rendering, script: null });
  const exposed = secretVariableNames(variables).find(
    (name) => redactor({ [name]: env[name] }, variables)(text) !== text,
  );
  if (exposed)
    throw new Problem(
      `The value of ${exposed} would appear in a manifest. Remove it from the variable or option that repeats it.`,
    );
}
