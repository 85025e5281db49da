/**
 * Environment variables that a product declares for its tests. The declarations are data and travel in the plan, so
 * that preflight, doctor, redaction, messages and the generated docs know them without loading a test.
 */
import {
  isLocalEnvironment,
  type ProcessEnvironment,
  requiredValue,
  VARIABLE_KINDS,
  type Variable,
  VariableError,
} from './variable.ts';
import { SUITE_VARIABLES } from './variables.ts';

/** What a test reads from a variable of each kind. */
export interface VariableKinds {
  /** One line of text. */
  text: string;
  /** Never shown, logged or passed as an argument. */
  secret: string;
  /** Without credentials, query and fragment; slashes at its end are removed. */
  url: string;
  list: readonly string[];
  /** A range such as `1-50`, or a list. */
  ids: readonly string[];
  integer: number;
  /** A text that matches a regular expression as a whole. */
  pattern: string;
}

/** What a variable of a product may hold. */
export type VariableKind = keyof VariableKinds;

/** What a product says about one of its variables. */
export type VariableDeclaration = {
  description: string;
  /** What a value has to be, as an error message names it: `a token without white space`. */
  expects?: string;
} & (
  | { kind: Exclude<VariableKind, 'pattern'>; pattern?: never }
  | {
      kind: 'pattern';
      /** A regular expression that the whole value has to match. */
      pattern: string;
    }
) &
  (
    | {
        /** The value with TEST_ENV=local, written as the user would set it. Elsewhere the user has to set one. */
        local: string;
        default?: never;
      }
    | {
        /** The value in every environment, written as the user would set it. */
        default: string;
        local?: never;
      }
  );

/** A declaration with its name. */
export type DeclaredVariable = VariableDeclaration & { name: string };

const ids = (value: string) => {
  const range = /^(\d{1,9})-(\d{1,9})$/.exec(value);
  if (range) {
    const [first, last] = [Number(range[1]), Number(range[2])];
    if (last < first || last - first >= 100_000) return undefined;
    return Array.from({ length: last - first + 1 }, (_, i) => String(first + i));
  }
  return /^[\w-]+(?:,[\w-]+)*$/.test(value) ? value.split(',') : undefined;
};

type Kind = Pick<Variable<unknown>, 'takes' | 'parse' | 'secret'>;

const KINDS_OF_PRODUCTS: Record<Exclude<VariableKind, 'pattern'>, Kind> = {
  ...VARIABLE_KINDS,
  text: { takes: 'one line of text', parse: (value) => (/^.+$/.test(value) ? value : undefined) },
  ids: { takes: 'a range such as 1-50, or ids with commas between', parse: ids },
};

function kindOf({ kind, pattern }: VariableDeclaration): Kind {
  if (kind !== 'pattern') return KINDS_OF_PRODUCTS[kind];
  const whole = new RegExp(`^(?:${pattern})$`);
  return {
    takes: `a text that matches ${pattern}`,
    parse: (value) => (whole.test(value) ? value : undefined),
  };
}

function variableOf(declared: VariableDeclaration): Variable<unknown> {
  const { description, expects, local, default: fallback } = declared;
  const kind = kindOf(declared);
  return {
    ...kind,
    description,
    ...(expects !== undefined && { takes: expects }),
    ...(local !== undefined && { local: kind.parse(local) }),
    ...(fallback !== undefined && { fallback: kind.parse(fallback) }),
  };
}

/** The variables of the suite and those that a product declares, by name. */
export const allVariables = (
  declared: readonly DeclaredVariable[],
): Readonly<Record<string, Variable<unknown>>> => ({
  ...SUITE_VARIABLES,
  ...Object.fromEntries(declared.map((one) => [one.name, variableOf(one)])),
});

/** Names that the suite reads beside those of its own table, and names of the programs that it starts. */
const RESERVED = new RegExp(
  `^(${[
    '(K6|OTEL|TARGET|GITHUB|NODE|LOAD_SUITE)_.*',
    'DATABASE_URL|PORT|CONTROL_PORT',
    'GENERATOR|COLLECT_TOKEN|PM2_HOME|GOGC|GOMEMLIMIT',
    'PATH|HOME|TMPDIR|CI|INIT_CWD|XDG_CACHE_HOME|LOCALAPPDATA|NO_COLOR|FORCE_COLOR|(HTTPS?|NO)_PROXY',
  ].join('|')})$`,
);

/** @throws VariableError where a product cannot have this variable */
export function assertValidDeclaration(declared: DeclaredVariable): void {
  const reason = objectionTo(declared);
  if (reason) throw new VariableError(`${declared.name} cannot be a variable of a product: ${reason}`);
}

function objectionTo(declared: DeclaredVariable): string | null {
  const { name, pattern, local, default: usual } = declared;
  if (!/^[A-Z][A-Z0-9_]*$/.test(name))
    return 'a name consists of capital letters, digits and underscores, and begins with a letter.';
  if (RESERVED.test(name) || Object.hasOwn(SUITE_VARIABLES, name))
    return 'load-suite or a program that it starts reads a variable of this name. Choose another name.';
  if (pattern !== undefined && !isRegularExpression(pattern))
    return `its pattern is "${pattern}", but it must be a regular expression.`;
  const { takes, parse } = variableOf(declared);
  return parse(usual ?? local ?? '') === undefined
    ? `its ${usual === undefined ? 'local' : 'default'} value is "${usual ?? local}", but must be ${takes}.`
    : null;
}

function isRegularExpression(pattern: string): boolean {
  try {
    return new RegExp(pattern) instanceof RegExp;
  } catch {
    return false;
  }
}

/** For a name that an authentication refers to and no product declares. */
const UNDECLARED: Variable<string> = { description: 'a credential of the target', ...VARIABLE_KINDS.secret };

/** What is wrong with these variables, a line each: all of them at once, so that nobody fixes them one by one. */
export function variableProblems(
  wanted: readonly string[],
  source: ProcessEnvironment,
  declared: readonly DeclaredVariable[] = [],
): string[] {
  const table = allVariables(declared);
  return wanted.flatMap((name) => {
    const read = tryToRead(name, table[name] ?? UNDECLARED, source);
    return 'problem' in read ? [read.problem] : [];
  });
}

/** Values by name. */
export type ReadableVariables = Readonly<Record<string, unknown>>;

/** Every variable that has a value, and one that it may have. */
export const readableVariablesOf = (
  source: ProcessEnvironment,
  declared: readonly DeclaredVariable[],
): ReadableVariables =>
  Object.fromEntries(
    Object.entries(allVariables(declared)).flatMap(([name, variable]) => {
      const read = tryToRead(name, variable, source);
      return 'problem' in read ? [] : [[name, read.value]];
    }),
  );

function tryToRead(
  name: string,
  variable: Variable<unknown>,
  source: ProcessEnvironment,
): { value: unknown } | { problem: string } {
  try {
    return { value: requiredValue(name, variable, source) };
  } catch (error) {
    if (error instanceof VariableError) return { problem: error.message };
    throw error;
  }
}

/** The environment with the values that a product gives to those of its variables that are not set. */
export const withProductDefaults = (
  source: ProcessEnvironment,
  declared: readonly DeclaredVariable[],
): Record<string, string | undefined> => ({
  ...source,
  ...Object.fromEntries(
    declared.flatMap(({ name, local, default: usual }) => {
      const value = usual ?? (isLocalEnvironment(source) ? local : undefined);
      return source[name] || value === undefined ? [] : [[name, value]];
    }),
  ),
});

/** Names of the variables whose values must not be shown: those of the suite, and those that a product declares. */
export const secretVariableNames = (declared: readonly DeclaredVariable[]): string[] =>
  Object.entries(allVariables(declared)).flatMap(([name, { secret }]) => (secret ? [name] : []));
