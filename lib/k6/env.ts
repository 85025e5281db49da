import {
  allVariables,
  assertValidDeclaration,
  type DeclaredVariable,
  type ReadableVariables,
  readableVariablesOf,
  readOptional,
  readVariable,
  requiredValue,
  type VariableDeclaration,
  VariableError,
  type VariableKinds,
  type VariableName,
  type VariableValue,
  variableProblems,
} from '../core/definition/index.ts';

/** The value of an environment variable of the suite, or its local stand-in. @throws VariableError */
export function env<N extends VariableName>(name: N): VariableValue<N> {
  return readVariable(name, __ENV);
}

/**
 * The value of an environment variable of the suite, or undefined where it is not set and has no default.
 * @throws VariableError where it is malformed
 */
export function optionalEnv<N extends VariableName>(name: N): VariableValue<N> | undefined {
  return readOptional(name, __ENV);
}

/** A variable that a product has declared. */
export interface ProductVariable<T> {
  readonly name: string;
  /** @throws VariableError where it is missing or malformed */
  readonly value: T;
}

/** The variables of a product, by name. */
export type ProductVariables<D extends Readonly<Record<string, VariableDeclaration>>> = {
  readonly [N in keyof D]: ProductVariable<VariableKinds[D[N]['kind']]>;
};

const declared: DeclaredVariable[] = [];

/** Those of this test, for its plan. */
export const declaredVariables = (): readonly DeclaredVariable[] => declared;

/**
 * Declares the environment variables of a product, by name. A test cannot run without a value for each.
 *
 *     const variables = defineVariables({
 *       ADMIN_TOKEN: { kind: 'secret', description: 'bearer token of the API', local: 'local-token' },
 *     });
 *     const admin = bearer(variables.ADMIN_TOKEN);
 *
 * @throws VariableError where a name is reserved, or a local or default value does not fit its kind
 */
export function defineVariables<const D extends Readonly<Record<string, VariableDeclaration>>>(
  declarations: D,
): ProductVariables<D> {
  const handles = Object.entries(declarations).map(([name, declaration]) => {
    const variable = { name, ...declaration };
    assertValidDeclaration(variable);
    declared.push(variable);
    return [name, handleOf(name)];
  });
  return Object.fromEntries(handles);
}

const handleOf = (name: string): ProductVariable<unknown> => ({
  name,
  get value() {
    return variableValue(name);
  },
});

/** The value of a variable that a product has declared. @throws VariableError */
export function variableValue(name: string): unknown {
  const variable = allVariables(declared)[name];
  if (!variable) throw new VariableError(`${name} is not a variable that the product declares.`);
  return requiredValue(name, variable, __ENV);
}

/** @throws VariableError that tells of every variable that is missing or malformed */
export function requireVariables(): void {
  const problems = variableProblems(['API_URL', ...declared.map(({ name }) => name)], __ENV, declared);
  if (problems.length > 0) throw new VariableError(problems.join(' '));
}

/** All that can be read: for the VUs, which take them as they are. */
export const readableVariables = (): ReadableVariables => readableVariablesOf(__ENV, declared);
