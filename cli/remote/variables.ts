import {
  allVariables,
  type ProcessEnvironment,
  secretVariableNames,
  type TestPlan,
  type VariableName,
} from '../../lib/core/definition/index.ts';
import { PROBE_VARIABLES } from '../probes/probe-kinds.ts';
import { requiredBy } from '../support/variables.ts';
import { ALL_STORE_VARIABLES } from '../telemetry/stores.ts';

/** Variables that Grafana Cloud requires. They become `options.cloud` and are not written to any file. */
export const CLOUD_VARIABLES = [
  'K6_CLOUD_TOKEN',
  'K6_CLOUD_STACK_ID',
  'K6_CLOUD_PROJECT_ID',
] as const satisfies VariableName[];

/** Variables that only the runner reads, or that the runner sets for each run. */
const RUNNER_VARIABLES: ReadonlySet<string> = new Set([
  ...PROBE_VARIABLES,
  ...ALL_STORE_VARIABLES,
  ...CLOUD_VARIABLES,
  'K6_BIN',
  'RUN_ID',
  'SUMMARY_FILE',
]);

type PlanVariables = Pick<TestPlan, 'variables'>;

/** The secret variables that a test needs wherever it runs. Secret variables of the suite are only for the runner. */
export const secretsOf = ({ variables }: PlanVariables): string[] =>
  variables.flatMap(({ name, kind }) => (kind === 'secret' ? [name] : []));

/** Required variables that are not secret. They must be set before the test is packed. */
export function plainRequirements(plan: PlanVariables): string[] {
  const secrets = secretsOf(plan);
  return requiredBy(plan).filter((name) => !secrets.includes(name));
}

/** The variables of a test that are set and not secret, with their values. */
export function plainVariables({ variables }: PlanVariables, env: ProcessEnvironment): [name: string, value: string][] {
  const secrets = new Set(secretVariableNames(variables));
  return Object.keys(allVariables(variables)).flatMap((name): [string, string][] =>
    !RUNNER_VARIABLES.has(name) && !secrets.has(name) && env[name] ? [[name, env[name]]] : [],
  );
}
