import { problemsOf, type VariableName } from '../lib/core/variables.ts';
import { Problem } from './problem.ts';

/** What every run takes, whatever its test. */
export const GENERAL_VARIABLES: readonly VariableName[] = ['TEST_ENV', 'TIME_SCALE', 'VUS_SCALE', 'SEED'];

/** @throws Problem that names every one that is missing or malformed */
export function assertVariables(names: readonly VariableName[], env: NodeJS.ProcessEnv): void {
  const problems = problemsOf(names, env);
  if (problems.length > 0) throw new Problem(problems.join('\n'));
}
