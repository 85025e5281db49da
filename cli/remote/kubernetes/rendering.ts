import type { V1EnvVar } from '@kubernetes/client-node';
import { secretVariableNames, type TestPlan, type VariableName } from '../../../lib/core/definition/index.ts';
import { goSettings } from '../../run/go-settings.ts';
import { redactor } from '../../run/redact.ts';
import { Problem } from '../../support/problem.ts';
import { telemetrySettings, windowLengthMs } from '../../telemetry/k6-settings.ts';
import { GENERATOR, RUN_TAG } from '../../telemetry/otlp.ts';
import { plainVariables, secretsOf } from '../variables.ts';
import { CONFIG_MAP_BYTES, filesOf, packed } from './files.ts';
import { collectorEndpoint, type Rendering, type Script } from './manifests.ts';
import { bytesOf, type ClusterSettings } from './settings.ts';

/** One test, as it is to be laid out in a cluster. */
export interface Layout {
  settings: ClusterSettings;
  name: string;
  plan: TestPlan;
  env: NodeJS.ProcessEnv;
  /** Name of the Secret with the values of secret variables. */
  secret: string;
  forward: Rendering['forward'];
  /** Mark of the records that the run creates. */
  runId?: string;
}

/** Variable with which a collector shows that it may send. */
export const TOKEN = 'COLLECT_TOKEN';

/** With these the options of a test are worked out; the rest may have stand-ins meanwhile. */
const PLAN_VARIABLES: readonly VariableName[] = ['TIME_SCALE', 'VUS_SCALE', 'SEED', 'GENERATORS'];

/** Secrets as a cluster holds them. */
export const secretData = (values: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, Buffer.from(value).toString('base64')]),
  );

/** The variables of a test as its pods get them. Of a secret there is the place alone where its value is. */
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
 * For the operator's initializer, which has k6 describe the test and nothing else. It hands every variable on in argv,
 * so it gets no secret: with the environment local there are stand-ins for all that a test requires.
 */
function initializerVariables(env: NodeJS.ProcessEnv): V1EnvVar[] {
  return [
    { name: 'TEST_ENV', value: 'local' },
    { name: 'K6_LOG_FORMAT', value: 'json' },
    ...PLAN_VARIABLES.filter((name) => env[name]).map((name) => ({ name, value: env[name] as string })),
  ];
}

/** The operator numbers the jobs of a TestRun from 1 on. */
export const podGeneratorNames = (name: string, parallelism: number): string[] =>
  Array.from({ length: parallelism }, (_, i) => `${name}-${i + 1}`);

/** @throws Problem where a secret would get into a manifest */
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
 * Where pods find a test that has been bundled.
 * @throws Problem where it is to be in a ConfigMap, and does not fit
 */
export async function scriptOf({ product, test }: TestPlan, claim: string | undefined): Promise<Script> {
  if (claim !== undefined) return { from: 'claim', claim, archive: `${product}-${test}.tar` };
  const files = await filesOf(product, test);
  const { bytes, ...content } = packed(files);
  if (bytes > CONFIG_MAP_BYTES)
    throw new Problem(
      `${product}/${test} takes ${bytes} bytes, but a ConfigMap holds ${CONFIG_MAP_BYTES} at most. Put it on a volume: see --claim.`,
    );
  return { from: 'config-map', entry: files.entry, ...content };
}

/** Name of the variable that tells a pod which of the generators it is. */
const GENERATOR_VARIABLE = 'GENERATOR';
/** Part of the memory that Go may fill before it collects harder; the rest is for what is not its heap. */
const HEAP_SHARE = 0.9;

function generatorEnvironment({ settings, name, plan, env, secret, runId }: Layout): V1EnvVar[] {
  const vus = Math.ceil(plan.workload.peakVUs / settings.parallelism);
  const values = {
    ...(runId && { RUN_ID: runId }),
    // k6 prints what is meant for a file of this name: the log of a pod is all that outlives it.
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
    // Before those that refer to it.
    { name: GENERATOR_VARIABLE, valueFrom: { fieldRef: { fieldPath: "metadata.labels['job-name']" } } },
    ...Object.entries(values).map(([variable, value]) => ({ name: variable, value })),
  ];
}

/** Whatever way it might have taken: a secret in a URL or a label is still one. */
function assertNoSecret(rendering: Rendering, { variables }: TestPlan, env: NodeJS.ProcessEnv): void {
  const text = JSON.stringify({ ...rendering, script: null });
  const shown = secretVariableNames(variables).find(
    (name) => redactor({ [name]: env[name] }, variables)(text) !== text,
  );
  if (shown)
    throw new Problem(
      `The value of ${shown} would stand in a manifest. Take it out of the variable or option that repeats it.`,
    );
}
