import {
  type DeclaredVariable,
  type ProcessEnvironment,
  type TestPlan,
  type VariableName,
  variableProblems,
  withProductDefaults,
} from '../../lib/core/definition/index.ts';
import { Problem } from './problem.ts';

/** Checks variables of the suite. @throws Problem that names every missing or invalid variable */
export const assertVariables = (names: readonly VariableName[], env: ProcessEnvironment): void =>
  assertDeclaredVariables(names, env, []);

/**
 * Checks variables of the suite, and variables that a product declares.
 * @throws Problem that names every missing or invalid variable
 */
export function assertDeclaredVariables(
  names: readonly string[],
  env: ProcessEnvironment,
  declared: readonly DeclaredVariable[],
): void {
  const problems = variableProblems(names, env, declared);
  if (problems.length > 0) throw new Problem(problems.join('\n'));
}

/** Returns the names of the variables that a test requires. */
export const requiredBy = ({ variables }: Pick<TestPlan, 'variables'>): string[] => [
  'API_URL',
  ...variables.map(({ name }) => name),
];

/**
 * Returns the environment of a test, in which variables that are not set have the default values of the product.
 * @throws Problem that names every missing or invalid variable
 */
export function environmentFor(plan: Pick<TestPlan, 'variables'>, env: ProcessEnvironment): NodeJS.ProcessEnv {
  assertDeclaredVariables(requiredBy(plan), env, plan.variables);
  return withProductDefaults(env, plan.variables);
}
