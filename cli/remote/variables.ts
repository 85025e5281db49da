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

/**
 * The variables that Grafana Cloud requires. Their values become `options.cloud` in k6, and are not written to any
 * file.
 */
export const CLOUD_VARIABLES = [
  'K6_CLOUD_TOKEN',
  'K6_CLOUD_STACK_ID',
  'K6_CLOUD_PROJECT_ID',
] as const satisfies VariableName[];

/** The variables that only the runner reads, or that the runner sets for each run. */
const RUNNER_VARIABLES: ReadonlySet<string> = new Set([
  ...PROBE_VARIABLES,
  ...ALL_STORE_VARIABLES,
  ...CLOUD_VARIABLES,
  'K6_BIN',
  'RUN_ID',
  'SUMMARY_FILE',
]);

type PlanVariables = Pick<TestPlan, 'variables'>;

/**
 * Returns the names of the secret variables that a product declares. Secret variables of the suite are excluded,
 * because only the runner needs them.
 */
export const secretsOf = ({ variables }: PlanVariables): string[] =>
  variables.flatMap(({ name, kind }) => (kind === 'secret' ? [name] : []));

/**
 * Returns the names of required variables that are not secret. These variables must be set before the test is packed.
 */
export function plainRequirements(plan: PlanVariables): string[] {
  const secrets = secretsOf(plan);
  return requiredBy(plan).filter((name) => !secrets.includes(name));
}

/** Returns all variables of a test that are set and not secret, with their values. */
export function plainVariables({ variables }: PlanVariables, env: ProcessEnvironment): [name: string, value: string][] {
  const secrets = new Set(secretVariableNames(variables));
  return Object.keys(allVariables(variables)).flatMap((name): [string, string][] =>
    !RUNNER_VARIABLES.has(name) && !secrets.has(name) && env[name] ? [[name, env[name]]] : [],
  );
}
