import { delimiter } from 'node:path';

/** Returns a copy of `env` in which PATH begins with `folder`. On Windows, the variable may be spelled "Path". */
export function withPathFirst(env, folder) {
  const name = Object.keys(env).find((key) => key.toUpperCase() === 'PATH') ?? 'PATH';
  return { ...env, [name]: [folder, env[name]].filter(Boolean).join(delimiter) };
}
