import {
  allVariables,
  type DeclaredVariable,
  type ProcessEnvironment,
  secretVariableNames,
} from '../../lib/core/definition/index.ts';

const SHORTEST_SECRET = 4;

/**
 * Takes the values of all secret variables, and the passwords in them, out of a text; also out of a log in JSON.
 * @param declared variables of the product
 */
export function redactor(
  env: ProcessEnvironment,
  declared: readonly DeclaredVariable[],
): (text: string) => string {
  const table = allVariables(declared);
  const secrets = secretVariableNames(declared).flatMap((name) => {
    const value = env[name];
    if (!value) return [];
    return [value, ...passwordsOf(value), ...headerValuesOf(table[name]?.parse(value))]
      .filter((secret) => secret.length >= SHORTEST_SECRET)
      .flatMap((secret) => [...spellings(secret)].map((spelling) => ({ name, spelling })));
  });
  // Of two secrets of which one holds the other, the longer goes first: nothing of it may be left over.
  secrets.sort((a, b) => b.spelling.length - a.spelling.length);
  return (text) => secrets.reduce((safe, { name, spelling }) => safe.replaceAll(spelling, `[${name}]`), text);
}

/** The password in a URL, as it stands there and as it is meant: who reports an error may know it alone. */
function passwordsOf(value: string): string[] {
  const raw = /^\w+:\/\/[^:@/]*:([^@]*)@/.exec(value)?.[1];
  if (raw === undefined) return [];
  try {
    return [raw, decodeURIComponent(raw)];
  } catch {
    return [raw];
  }
}

/** The values of headers, and what stands in them behind the name of a scheme: `Basic …`. */
function headerValuesOf(parsed: unknown): string[] {
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return [];
  return Object.values(parsed)
    .map(String)
    .flatMap((header) => [header, header.slice(header.indexOf(' ') + 1)]);
}

/** As it is, and as JSON writes it: k6's own escapes some characters more than it must. */
function spellings(value: string): Set<string> {
  const inJson = JSON.stringify(value).slice(1, -1);
  const byK6 = inJson.replace(/[<>&]/g, (char) => `\\u00${char.charCodeAt(0).toString(16)}`);
  return new Set([value, inJson, byK6]);
}
