import { type VariableName, variables } from '../../lib/core/variables.ts';

const SHORTEST_SECRET = 4;

/** Takes the values of all secret variables out of a text, also out of one that is a log in JSON. */
export function redactor(env: NodeJS.ProcessEnv): (text: string) => string {
  const secrets = (Object.keys(variables) as VariableName[]).flatMap((name) => {
    const value = env[name];
    const found = 'secret' in variables[name] && value && value.length >= SHORTEST_SECRET;
    return found ? [...spellings(value)].map((spelling) => ({ name, spelling })) : [];
  });
  // Of two secrets of which one holds the other, the longer goes first: nothing of it may be left over.
  secrets.sort((a, b) => b.spelling.length - a.spelling.length);
  return (text) => secrets.reduce((safe, { name, spelling }) => safe.replaceAll(spelling, `[${name}]`), text);
}

/** As it is, and as JSON writes it: k6's own escapes some characters more than it must. */
function spellings(value: string): Set<string> {
  const inJson = JSON.stringify(value).slice(1, -1);
  const byK6 = inJson.replace(/[<>&]/g, (char) => `\\u00${char.charCodeAt(0).toString(16)}`);
  return new Set([value, inJson, byK6]);
}
