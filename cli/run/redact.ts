import {
  allVariables,
  type DeclaredVariable,
  type ProcessEnvironment,
  secretVariableNames,
} from '../../lib/core/definition/index.ts';

const MIN_SECRET_LENGTH = 4;

/**
 * Returns a function that replaces the values of all secret variables, and passwords within these values, in text and
 * JSON logs.
 * @param declared the variables that the product declares
 */
export function redactor(env: ProcessEnvironment, declared: readonly DeclaredVariable[]): (text: string) => string {
  const table = allVariables(declared);
  const secrets = secretVariableNames(declared).flatMap((name) => {
    const value = env[name];
    if (!value) return [];
    return [value, ...passwordsOf(value), ...headerValuesOf(table[name]?.parse(value))]
      .filter((secret) => secret.length >= MIN_SECRET_LENGTH)
      .flatMap((secret) => [...spellings(secret)].map((spelling) => ({ name, spelling })));
  });
  // Replace longer secrets first, because a shorter secret may be part of a longer one.
  secrets.sort((a, b) => b.spelling.length - a.spelling.length);
  return (text) => secrets.reduce((safe, { name, spelling }) => safe.replaceAll(spelling, `[${name}]`), text);
}

/** Returns the password in a URL in percent-encoded and in decoded form, because a message may contain either form. */
function passwordsOf(value: string): string[] {
  const raw = /^\w+:\/\/[^:@/]*:([^@]*)@/.exec(value)?.[1];
  if (raw === undefined) return [];
  try {
    return [raw, decodeURIComponent(raw)];
  } catch {
    return [raw];
  }
}

/** Returns the values of HTTP headers, each with and without an authentication scheme such as `Basic`. */
function headerValuesOf(parsed: unknown): string[] {
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return [];
  return Object.values(parsed)
    .map(String)
    .flatMap((header) => [header, header.slice(header.indexOf(' ') + 1)]);
}

/**
 * Returns the forms in which a value may appear in a log: as plain text, as escaped by JavaScript's JSON, and as
 * escaped by k6, which escapes additional characters.
 */
function spellings(value: string): Set<string> {
  const inJson = JSON.stringify(value).slice(1, -1);
  const byK6 = inJson.replace(/[<>&]/g, (char) => `\\u00${char.charCodeAt(0).toString(16)}`);
  return new Set([value, inJson, byK6]);
}
