import type { VariableName, VariableValue } from '../core/definition/index.ts';
import type { ProductVariable } from './env.ts';
import { settings } from './settings.ts';

/** Returns the value that VU 0 parsed. */
export const env = <N extends VariableName>(name: N): VariableValue<N> => variableValue(name) as VariableValue<N>;

export const optionalEnv = <N extends VariableName>(name: N): VariableValue<N> | undefined =>
  read(name) as VariableValue<N> | undefined;

/** VU 0 has already validated the declarations. */
export function defineVariables(declarations: Readonly<Record<string, unknown>>) {
  const handles: Record<string, ProductVariable<unknown>> = {};
  for (const name in declarations)
    handles[name] = {
      name,
      get value() {
        return variableValue(name);
      },
    };
  return handles;
}

export function variableValue(name: string): unknown {
  const value = read(name);
  if (value === undefined) throw new Error(`${name} is missing or malformed.`);
  return value;
}

const read = (name: string): unknown => settings.variables[name] ?? settings.lists[name]?.split(',');
