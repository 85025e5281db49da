import type { ValueOf, VariableName } from '../core/definition/index.ts';
import { settings } from './settings.ts';

/** As VU 0 has read it. */
export function env<N extends VariableName>(name: N): ValueOf<N> {
  const value = optionalEnv(name);
  if (value === undefined) throw new Error(`${name} is not set, or not as it has to be`);
  return value;
}

export function optionalEnv<N extends VariableName>(name: N): ValueOf<N> | undefined {
  return settings.variables[name] ?? (settings.lists[name]?.split(',') as ValueOf<N> | undefined);
}
