import { type VariableName, variables } from '../../lib/core/variables.ts';

const SHORTEST_SECRET = 4;

/** Takes the values of all secret variables out of a text. */
export function redactor(env: NodeJS.ProcessEnv): (text: string) => string {
  const secrets = (Object.keys(variables) as VariableName[]).flatMap((name) => {
    const value = env[name];
    return 'secret' in variables[name] && value && value.length >= SHORTEST_SECRET ? [{ name, value }] : [];
  });
  return (text) => secrets.reduce((safe, { name, value }) => safe.replaceAll(value, `[${name}]`), text);
}
