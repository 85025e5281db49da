import {
  problemsOf,
  type ReadableVariables,
  readableOf,
  readOptional,
  readVariable,
  type ValueOf,
  VariableError,
  type VariableName,
} from '../core/definition/index.ts';

/** The value of an environment variable, or its local stand-in. @throws VariableError */
export function env<N extends VariableName>(name: N): ValueOf<N> {
  return readVariable(name, __ENV);
}

/**
 * The value of an environment variable of the suite, or undefined where it is not set and has no default.
 * @throws VariableError where it is malformed
 */
export function optionalEnv<N extends VariableName>(name: N): ValueOf<N> | undefined {
  return readOptional(name, __ENV);
}

/** @throws VariableError that tells of every one that is missing or malformed */
export function demand(names: readonly VariableName[]): void {
  const problems = problemsOf(names, __ENV);
  if (problems.length > 0) throw new VariableError(problems.join(' '));
}

/** All that can be read: for the VUs, which take them as they are. */
export const readableVariables = (): ReadableVariables => readableOf(__ENV);
