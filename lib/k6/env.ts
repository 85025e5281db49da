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

/**
 * The value of an environment variable of the suite: `env('SEED')`.
 * @throws VariableError if it is missing or malformed
 */
export function env<N extends VariableName>(name: N): VariableValue<N> {
  return readVariable(name, __ENV);
}

/**
 * The value of an environment variable of the suite, or undefined if it is not set and has no default:
 * `optionalEnv('RUN_ID')`.
 * @throws VariableError if it is malformed
 */
export function optionalEnv<N extends VariableName>(name: N): VariableValue<N> | undefined {
  return readOptional(name, __ENV);
}

/** An environment variable that the product declares. */
export interface ProductVariable<T> {
  readonly name: string;
  /** @throws VariableError if it is missing or malformed */
  readonly value: T;
}

/** The variables of a product, by name. */
export type ProductVariables<D extends Readonly<Record<string, VariableDeclaration>>> = {
  readonly [N in keyof D]: ProductVariable<VariableKinds[D[N]['kind']]>;
};

const declared: DeclaredVariable[] = [];

/** The variables that the product of this test declares. */
export const declaredVariables = (): readonly DeclaredVariable[] => declared;

/**
 * Declares the environment variables of a product by name. Tests require a value for each of them.
 *
 *     const variables = defineVariables({
 *       ADMIN_TOKEN: { kind: 'secret', description: 'bearer token of the API', local: 'local-token' },
 *     });
 *     const admin = bearer(variables.ADMIN_TOKEN);
 *
 * @throws VariableError if a name is reserved, or if a local or default value is invalid
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

/**
 * The value of a variable that the product declares.
 * @throws VariableError if the product does not declare it, or if it is missing or malformed
 */
export function variableValue(name: string): unknown {
  const variable = allVariables(declared)[name];
  if (!variable)
    throw new VariableError(`The product does not declare a variable ${name}. Declare it with defineVariables.`);
  return requiredValue(name, variable, __ENV);
}

/** @throws VariableError that lists all missing and malformed variables of the product, and API_URL */
export function requireVariables(): void {
  const problems = variableProblems(['API_URL', ...declared.map(({ name }) => name)], __ENV, declared);
  if (problems.length > 0) throw new VariableError(problems.join(' '));
}

/** The parsed values of all variables, for the VUs. */
export const readableVariables = (): ReadableVariables => readableVariablesOf(__ENV, declared);
