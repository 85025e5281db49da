/**
 * Environment variables that a product declares for its tests. The declarations are plain data in the plan, so that
 * preflight checks, `doctor`, redaction, messages and the generated docs can use them without loading a test.
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

/** The kinds of variables, and the type of the value that a test reads from each. */
export interface VariableKinds {
  /** One line of text. */
  text: string;
  /** Text without whitespace. It is never printed, logged or passed as a command-line argument. */
  secret: string;
  /** An http or https URL without credentials, query or fragment. Trailing slashes are removed. */
  url: string;
  /** A comma-separated list. */
  list: readonly string[];
  /** A range such as `1-50`, or a comma-separated list of ids. */
  ids: readonly string[];
  integer: number;
  /** Text that matches a regular expression from start to end. */
  pattern: string;
}

/** The kind of a product's variable. */
export type VariableKind = keyof VariableKinds;

/**
 * Declares one environment variable of a product:
 * `{ kind: 'ids', description: 'shops that receive traffic', default: '1-50' }`.
 */
export type VariableDeclaration = {
  description: string;
  /** What a value must be, for error messages: `a token without whitespace`. The default depends on the kind. */
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
        /**
         * The value with TEST_ENV=local, written as in the environment. In other environments, the user must set the
         * variable.
         */
        local: string;
        default?: never;
      }
    | {
        /** The value if the user sets none, written as in the environment. */
        default: string;
        local?: never;
      }
  );

/** A declaration with the name of its variable. */
export type DeclaredVariable = VariableDeclaration & { name: string };

const parseIds = (value: string) => {
  const range = /^(\d{1,9})-(\d{1,9})$/.exec(value);
  if (range) {
    const [first, last] = [Number(range[1]), Number(range[2])];
    if (last < first || last - first >= 100_000) return undefined;
    return Array.from({ length: last - first + 1 }, (_, i) => String(first + i));
  }
  return /^[\w-]+(?:,[\w-]+)*$/.test(value) ? value.split(',') : undefined;
};

type ParsedKind = Pick<Variable<unknown>, 'expects' | 'parse' | 'secret'>;

const PRODUCT_VARIABLE_KINDS: Record<Exclude<VariableKind, 'pattern'>, ParsedKind> = {
  ...VARIABLE_KINDS,
  text: { expects: 'one line of text', parse: (value) => (/^.+$/.test(value) ? value : undefined) },
  ids: { expects: 'a range such as 1-50, or a comma-separated list of ids', parse: parseIds },
};

function kindOf({ kind, pattern }: VariableDeclaration): ParsedKind {
  if (kind !== 'pattern') return PRODUCT_VARIABLE_KINDS[kind];
  const whole = new RegExp(`^(?:${pattern})$`);
  return {
    expects: `text that matches ${pattern}`,
    parse: (value) => (whole.test(value) ? value : undefined),
  };
}

function variableOf(declared: VariableDeclaration): Variable<unknown> {
  const { description, expects, local, default: fallback } = declared;
  const kind = kindOf(declared);
  return {
    ...kind,
    description,
    ...(expects !== undefined && { expects }),
    ...(local !== undefined && { local: kind.parse(local) }),
    ...(fallback !== undefined && { fallback: kind.parse(fallback) }),
  };
}

/** The variables of the suite and those of a product, by name. */
export const allVariables = (declared: readonly DeclaredVariable[]): Readonly<Record<string, Variable<unknown>>> => ({
  ...SUITE_VARIABLES,
  ...Object.fromEntries(declared.map((declaration) => [declaration.name, variableOf(declaration)])),
});

/**
 * Variable names that products cannot use, because load-suite or a program that it starts reads these variables. The
 * names in SUITE_VARIABLES are also reserved.
 */
const RESERVED = new RegExp(
  `^(${[
    '(K6|OTEL|TARGET|GITHUB|NODE|LOAD_SUITE)_.*',
    'DATABASE_URL|PORT|CONTROL_PORT',
    'GENERATOR|COLLECT_TOKEN|PM2_HOME|GOGC|GOMEMLIMIT',
    'PATH|HOME|TMPDIR|CI|INIT_CWD|XDG_CACHE_HOME|LOCALAPPDATA|NO_COLOR|FORCE_COLOR|(HTTPS?|NO)_PROXY',
  ].join('|')})$`,
);

/** @throws VariableError if the name is reserved or malformed, or if the value in the declaration is invalid */
export function assertValidDeclaration(declared: DeclaredVariable): void {
  const reason = declarationProblem(declared);
  if (reason) throw new VariableError(`${declared.name} cannot be a variable of a product: ${reason}`);
}

function declarationProblem(declared: DeclaredVariable): string | null {
  const { name, pattern, local, default: fallback } = declared;
  if (!/^[A-Z][A-Z0-9_]*$/.test(name))
    return 'a name must consist of capital letters, digits and underscores, and begin with a letter.';
  if (RESERVED.test(name) || Object.hasOwn(SUITE_VARIABLES, name))
    return 'load-suite, or a program that it starts, already uses this name. Choose another name.';
  if (pattern !== undefined && !isRegularExpression(pattern))
    return `its pattern is "${pattern}", but it must be a regular expression.`;
  const { expects, parse } = variableOf(declared);
  return parse(fallback ?? local ?? '') === undefined
    ? `its ${fallback === undefined ? 'local' : 'default'} value is "${fallback ?? local}", but it must be ${expects}.`
    : null;
}

function isRegularExpression(pattern: string): boolean {
  try {
    return new RegExp(pattern) instanceof RegExp;
  } catch {
    return false;
  }
}

/** Placeholder declaration for a variable that an `Authentication` names but no product declares. */
const UNDECLARED: Variable<string> = { description: 'a credential of the target', ...VARIABLE_KINDS.secret };

/**
 * Returns one message for each variable that is missing or malformed, so that the user can fix all problems at once.
 */
export function variableProblems(
  names: readonly string[],
  source: ProcessEnvironment,
  declared: readonly DeclaredVariable[] = [],
): string[] {
  const table = allVariables(declared);
  return names.flatMap((name) => {
    const read = tryToRead(name, table[name] ?? UNDECLARED, source);
    return 'problem' in read ? [read.problem] : [];
  });
}

/** Parsed values by the name of their variable. */
export type ReadableVariables = Readonly<Record<string, unknown>>;

/** The values of all variables that are set, or have a default, and are valid. */
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

/** The environment, completed with the default and local values of the product's variables that are not set. */
export const withProductDefaults = (
  source: ProcessEnvironment,
  declared: readonly DeclaredVariable[],
): Record<string, string | undefined> => ({
  ...source,
  ...Object.fromEntries(
    declared.flatMap(({ name, local, default: fallback }) => {
      const value = fallback ?? (isLocalEnvironment(source) ? local : undefined);
      return source[name] || value === undefined ? [] : [[name, value]];
    }),
  ),
});

/** Names of all variables, of the suite and of the product, whose values must never be shown. */
export const secretVariableNames = (declared: readonly DeclaredVariable[]): string[] =>
  Object.entries(allVariables(declared)).flatMap(([name, { secret }]) => (secret ? [name] : []));
