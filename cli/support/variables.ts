import {
  type Environment,
  problemsOf,
  readVariable,
  type VariableName,
} from '../../lib/core/definition/index.ts';
import { Problem } from './problem.ts';

/** What every run takes, whatever its test. */
export const GENERAL_VARIABLES: readonly VariableName[] = [
  'TEST_ENV',
  'TIME_SCALE',
  'VUS_SCALE',
  'SEED',
  'GENERATORS',
];

/** @throws Problem that names every one that is missing or malformed */
export function assertVariables(names: readonly VariableName[], env: NodeJS.ProcessEnv): void {
  const problems = problemsOf(names, env);
  if (problems.length > 0) throw new Problem(problems.join('\n'));
}

/**
 * The environment that load is put on.
 * @throws Problem where that is production, and nobody has said that it may be
 */
export function allowedEnvironment(env: NodeJS.ProcessEnv, allowProduction: boolean): Environment {
  const environment = readVariable('TEST_ENV', env);
  if (environment === 'production' && !allowProduction)
    throw new Problem(
      'TEST_ENV=production takes --allow-production as well: this puts real load on real users.',
    );
  return environment;
}
