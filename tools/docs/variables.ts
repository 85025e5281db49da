/**
 * Generates the docs tables and workflow lists of all environment variables that load-suite and the products in tests/
 * read.
 */
import { listTests, loadDeclaredVariables } from '../../cli/run/bundle.ts';
import { productOf } from '../../cli/run/test-name.ts';
import {
  allVariables,
  type DeclaredVariable,
  SUITE_VARIABLES,
  secretVariableNames,
  type Variable,
} from '../../lib/core/definition/index.ts';
import { code, table } from './markdown.ts';

const products = [...new Set((await listTests()).map(productOf))];
const productDeclarations: [product: string, variables: DeclaredVariable[]][] = await Promise.all(
  products.map(async (product) => [product, await loadDeclaredVariables(product)] as [string, DeclaredVariable[]]),
);

const HEADER = ['Variable', 'Meaning', 'Expects', 'Default'];

const row = (name: string, { description, expects, secret }: Variable<unknown>, defaultText: string): string[] => [
  code(name),
  secret ? `${description}; secret` : description,
  expects,
  defaultText,
];

export const suiteVariables = (): string =>
  table(
    HEADER,
    Object.entries(SUITE_VARIABLES).map(([name, variable]: [string, Variable<unknown>]) =>
      row(name, variable, defaultOf(variable.fallback, variable.local)),
    ),
  );

/** Returns a heading and a table for each product that has variables. */
export function productVariables(): string {
  return productDeclarations
    .filter(([, variables]) => variables.length > 0)
    .map(([product, variables]) => {
      const known = allVariables(variables);
      const rows = variables.map(({ name, default: fallback, local }) =>
        row(name, known[name] as Variable<unknown>, defaultOf(fallback, local)),
      );
      return `### ${product}\n\n${table(HEADER, rows)}`;
    })
    .join('\n\n');
}

function defaultOf(fallback: unknown, local: unknown): string {
  if (local !== undefined) return `local: ${code(local)}; elsewhere required`;
  return fallback === undefined ? '–' : code(fallback);
}

/**
 * Variables that workflows do not pass to a run: variables that the runner sets, and variables for manual runs, for
 * Grafana Cloud or for the machine of the target.
 */
export const NOT_IN_WORKFLOWS = new Set([
  'TARGET_PROCESS',
  'PM2_PROCESSES',
  'RUN_ID',
  'SUMMARY_FILE',
  'K6_BIN',
  'K6_CLOUD_TOKEN',
  'K6_CLOUD_STACK_ID',
  'K6_CLOUD_PROJECT_ID',
]);
/** Variables that a workflow sets from the inputs of the workflow. */
const WORKFLOW_INPUTS = new Set(['TEST_ENV', 'TIME_SCALE', 'VUS_SCALE']);

/** Returns the names of all variables that a workflow passes to a run: either secrets or other variables. */
function workflowVariables(isSecret: boolean): string[] {
  const secrets = new Set([
    ...secretVariableNames([]),
    ...productDeclarations.flatMap(([, variables]) => secretVariableNames(variables)),
  ]);
  const names = new Set([
    ...Object.keys(SUITE_VARIABLES),
    ...productDeclarations.flatMap(([, variables]) => variables.map(({ name }) => name)),
  ]);
  return [...names].filter(
    (name) => secrets.has(name) === isSecret && !NOT_IN_WORKFLOWS.has(name) && !WORKFLOW_INPUTS.has(name),
  );
}

/** Returns the YAML list of the secrets that a reusable workflow accepts. */
export const workflowSecrets = (): string =>
  workflowVariables(true)
    .map((name) => `${name}:\n  required: false`)
    .join('\n');

/** Returns the YAML `env` entries of the workflow step that runs a test. */
export const workflowEnvironment = (): string =>
  [
    ...workflowVariables(false).map((name) => `${name}: \${{ vars.${name} }}`),
    ...workflowVariables(true).map((name) => `${name}: \${{ secrets.${name} }}`),
  ].join('\n');
