import { type TestPlan, type VariableName, variables } from '../../lib/core/definition/index.ts';
import { PROBE_VARIABLES } from '../probes/table.ts';
import { ALL_STORE_VARIABLES } from '../telemetry/stores.ts';

/** Without these k6 does not run anything in Grafana Cloud. They become `options.cloud`, and stand in no file. */
export const CLOUD_VARIABLES = [
  'K6_CLOUD_TOKEN',
  'K6_CLOUD_STACK_ID',
  'K6_CLOUD_PROJECT_ID',
] as const satisfies VariableName[];

/** What only the runner reads, or sets anew for each run. */
const NOT_FOR_TESTS: ReadonlySet<string> = new Set([
  ...PROBE_VARIABLES,
  ...ALL_STORE_VARIABLES,
  ...CLOUD_VARIABLES,
  'K6_BIN',
  'RUN_ID',
  'SUMMARY_FILE',
]);

const isSecret = (name: VariableName): boolean => 'secret' in variables[name];

export const secretNames = () => (Object.keys(variables) as VariableName[]).filter(isSecret);

const forTests = () => (Object.keys(variables) as VariableName[]).filter((name) => !NOT_FOR_TESTS.has(name));

/** The secret variables that a test needs wherever it runs: what it requires, and what is set besides. */
export function secretsOf({ requires }: Pick<TestPlan, 'requires'>, env: NodeJS.ProcessEnv): VariableName[] {
  return forTests().filter((name) => isSecret(name) && (requires.includes(name) || Boolean(env[name])));
}

/** What of that is in plain sight, and has to be set before the test is packed. */
export const plainRequirements = ({ requires }: Pick<TestPlan, 'requires'>): VariableName[] =>
  requires.filter((name) => !isSecret(name));

/** The variables of a test that are set and no secret, with their values. */
export const plainVariables = (env: NodeJS.ProcessEnv): [name: VariableName, value: string][] =>
  forTests().flatMap((name) => (!isSecret(name) && env[name] ? [[name, env[name]]] : []));
