import { delimiter } from 'node:path';

/** A copy of `env` whose PATH begins with `folder`. Windows spells the variable Path. */
export function withPathFirst(env, folder) {
  const name = Object.keys(env).find((key) => key.toUpperCase() === 'PATH') ?? 'PATH';
  return { ...env, [name]: [folder, env[name]].filter(Boolean).join(delimiter) };
}
