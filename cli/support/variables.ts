import {
  type DeclaredVariable,
  type ProcessEnvironment,
  type TestPlan,
  type VariableName,
  variableProblems,
  withProductDefaults,
} from '../../lib/core/definition/index.ts';
import { Problem } from './problem.ts';

/** @throws Problem that names every one that is missing or malformed */
export const assertVariables = (names: readonly VariableName[], env: ProcessEnvironment): void =>
  assertDeclaredVariables(names, env, []);

/**
 * The same for variables of the suite and those that a product declares.
 * @throws Problem that names every one that is missing or malformed
 */
export function assertDeclaredVariables(
  names: readonly string[],
  env: ProcessEnvironment,
  declared: readonly DeclaredVariable[],
): void {
  const problems = variableProblems(names, env, declared);
  if (problems.length > 0) throw new Problem(problems.join('\n'));
}

/** Names of the variables without which a test cannot run. */
export const requiredBy = ({ variables }: Pick<TestPlan, 'variables'>): string[] => [
  'API_URL',
  ...variables.map(({ name }) => name),
];

/**
 * The environment of a test, with the values that its product gives to what is not set.
 * @throws Problem that names every variable that is missing or malformed
 */
export function environmentFor(
  plan: Pick<TestPlan, 'variables'>,
  env: ProcessEnvironment,
): NodeJS.ProcessEnv {
  assertDeclaredVariables(requiredBy(plan), env, plan.variables);
  return withProductDefaults(env, plan.variables);
}
