/** One environment variable: how its value is parsed, and how the user is told what is wrong with it. */

export interface Variable<T> {
  description: string;
  /** What a value may be, as told to a person: `an http or https URL`. */
  takes: string;
  parse: (text: string) => T | undefined;
  /** Used where nothing is set. Absent means: required where it is asked for. */
  fallback?: T;
  /** Stands in for a missing value when the environment is local: what the reference service is started with. */
  local?: T;
  /** Its value may never be shown, written or passed in argv. */
  secret?: true;
}

/** Environment variables as a process has them. */
export type ProcessEnvironment = Readonly<Record<string, string | undefined>>;

/** One or more variables are missing or malformed; the message names each with what it got and what it takes. */
export class VariableError extends Error {
  override name = 'VariableError';
}

export const parseText = (value: string) => (/^\S+$/.test(value) ? value : undefined);
/** No URL class in the k6 runtime. Credentials in a URL would end up in results, so they are refused. */
export const parseUrl = (value: string) =>
  /^https?:\/\/[^\s/@?#]+(?:\/[^\s?#]*)?$/.test(value) ? value.replace(/\/+$/, '') : undefined;
const wholeNumber = (value: string) => (/^\d{1,9}$/.test(value) ? Number(value) : undefined);

/** What a value may be and how it is parsed, for the kinds that several variables have. */
export const VARIABLE_KINDS = {
  url: { takes: 'an http or https URL without credentials, query or fragment', parse: parseUrl },
  list: {
    takes: 'names with commas between',
    parse: (value: string) => {
      const list = value.split(',').map((name) => name.trim());
      return list.every((name) => name !== '') ? list : undefined;
    },
  },
  integer: { takes: 'a whole number', parse: wholeNumber },
  factor: {
    takes: 'a number above 0 and at most 100',
    parse: (value: string) => {
      const number = Number(value);
      return value !== '' && number > 0 && number <= 100 ? number : undefined;
    },
  },
  secret: { takes: 'a text without white space', parse: parseText, secret: true as const },
  token: { takes: 'a token without white space', parse: parseText, secret: true as const },
};

/** A whole number from 1 to a limit. */
export const wholeNumberUpTo = (limit: number) => ({
  takes: `a whole number from 1 to ${limit}`,
  parse: (value: string) => {
    const number = wholeNumber(value);
    return number !== undefined && number >= 1 && number <= limit ? number : undefined;
  },
});

/** The value, or undefined where it is neither set nor has a fallback. An empty value counts as not set. */
export function optionalValue<T>(
  name: string,
  variable: Variable<T>,
  source: ProcessEnvironment,
): T | undefined {
  const raw = source[name];
  if (!raw) return variable.fallback ?? (isLocalEnvironment(source) ? variable.local : undefined);
  const value = variable.parse(raw);
  if (value === undefined) throw new VariableError(malformed(name, variable, raw));
  return value;
}

/** @throws VariableError where the value is missing or malformed */
export function requiredValue<T>(name: string, variable: Variable<T>, source: ProcessEnvironment): T {
  const value = optionalValue(name, variable, source);
  if (value === undefined)
    throw new VariableError(`${name} is not set: ${variable.description}. It takes ${variable.takes}.`);
  return value;
}

export const isLocalEnvironment = ({ TEST_ENV }: ProcessEnvironment): boolean =>
  !TEST_ENV || TEST_ENV === 'local';

function malformed(name: string, { takes, secret }: Variable<unknown>, raw: string): string {
  const got = secret
    ? `${raw.length} characters (not shown: it is a secret)`
    : `"${raw.replace(/\/\/[^/]*@/, '//…@')}"`;
  return `${name} got ${got}, but takes ${takes}.`;
}
