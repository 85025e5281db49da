/** An environment variable: how to parse its value, and how messages describe it. */
export interface Variable<T> {
  description: string;
  /** What a value must be, for messages: `an http or https URL`. */
  expects: string;
  /** Returns undefined for an invalid value. */
  parse: (text: string) => T | undefined;
  /**
   * The value if the variable is not set. A variable without a fallback is required: code that reads it throws if no
   * value is set.
   */
  fallback?: T;
  /** The value if none is set and TEST_ENV is local: the value that the reference service is started with. */
  local?: T;
  /** The value must never be shown, written to a file or passed in argv. */
  secret?: true;
}

/** The environment variables of a process. */
export type ProcessEnvironment = Readonly<Record<string, string | undefined>>;

/** One or more variables are missing or malformed. The message gives the value and the expected form of each. */
export class VariableError extends Error {
  override name = 'VariableError';
}

export const parseText = (value: string) => (/^\S+$/.test(value) ? value : undefined);
/**
 * Rejects URLs with credentials, which would end up in results. It uses a regular expression because k6 has no URL
 * class.
 */
export const parseUrl = (value: string) =>
  /^https?:\/\/[^\s/@?#]+(?:\/[^\s?#]*)?$/.test(value) ? value.replace(/\/+$/, '') : undefined;
const parseWholeNumber = (value: string) => (/^\d{1,9}$/.test(value) ? Number(value) : undefined);

/** Kinds of values that several variables share, each with its expected form and its parser. */
export const VARIABLE_KINDS = {
  url: { expects: 'an http or https URL without credentials, query or fragment', parse: parseUrl },
  list: {
    expects: 'a comma-separated list',
    parse: (value: string) => {
      const list = value.split(',').map((name) => name.trim());
      return list.every((name) => name !== '') ? list : undefined;
    },
  },
  integer: { expects: 'a whole number', parse: parseWholeNumber },
  factor: {
    expects: 'a number above 0 and at most 100',
    parse: (value: string) => {
      const number = Number(value);
      return value !== '' && number > 0 && number <= 100 ? number : undefined;
    },
  },
  secret: { expects: 'text without whitespace', parse: parseText, secret: true as const },
  token: { expects: 'a token without whitespace', parse: parseText, secret: true as const },
};

/** A whole number from 1 to a limit. */
export const wholeNumberUpTo = (limit: number) => ({
  expects: `a whole number from 1 to ${limit}`,
  parse: (value: string) => {
    const number = parseWholeNumber(value);
    return number !== undefined && number >= 1 && number <= limit ? number : undefined;
  },
});

/**
 * The value of a variable, or undefined if it is not set and has no fallback. An empty value counts as not set.
 * @throws VariableError if the value is malformed
 */
export function optionalValue<T>(name: string, variable: Variable<T>, source: ProcessEnvironment): T | undefined {
  const raw = source[name];
  if (!raw) return variable.fallback ?? (isLocalEnvironment(source) ? variable.local : undefined);
  const value = variable.parse(raw);
  if (value === undefined) throw new VariableError(malformed(name, variable, raw));
  return value;
}

/** @throws VariableError if the value is missing or malformed */
export function requiredValue<T>(name: string, variable: Variable<T>, source: ProcessEnvironment): T {
  const value = optionalValue(name, variable, source);
  if (value === undefined)
    throw new VariableError(`${name} is not set (${variable.description}). Set it to ${variable.expects}.`);
  return value;
}

export const isLocalEnvironment = ({ TEST_ENV }: ProcessEnvironment): boolean => !TEST_ENV || TEST_ENV === 'local';

function malformed(name: string, { expects, secret }: Variable<unknown>, raw: string): string {
  const value = secret ? `a secret of ${raw.length} characters (not shown)` : `"${raw.replace(/\/\/[^/]*@/, '//…@')}"`;
  return `${name} is ${value}, but it must be ${expects}.`;
}
