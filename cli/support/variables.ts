import { problemsOf, type VariableName } from '../../lib/core/definition/index.ts';
import { Problem } from './problem.ts';

/** @throws Problem that names every one that is missing or malformed */
export function assertVariables(names: readonly VariableName[], env: NodeJS.ProcessEnv): void {
  const problems = problemsOf(names, env);
  if (problems.length > 0) throw new Problem(problems.join('\n'));
}
