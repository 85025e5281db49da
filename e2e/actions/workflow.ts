import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import type { Json } from './expressions.ts';

export type Values = Record<string, Json>;

/** The parts of a workflow file that the simulation uses. */
export interface Workflow {
  on: {
    workflow_dispatch?: { inputs?: Record<string, Input> } | null;
    workflow_call?: {
      inputs?: Record<string, Input>;
      secrets?: Record<string, { required?: boolean }>;
      outputs?: Record<string, { value: string }>;
    };
    schedule?: { cron: string }[];
  };
  env?: Values;
  permissions?: Permissions;
  jobs: Record<string, Job>;
}

interface Input {
  type: 'string' | 'number' | 'boolean' | 'choice';
  default?: Json;
  required?: boolean;
  options?: string[];
}

export type Permissions = Record<string, 'read' | 'write'>;

export interface Job {
  needs?: string | string[];
  if?: Json;
  permissions?: Permissions;
  environment?: string | { name: string };
  concurrency?: Values;
  strategy?: { matrix: Record<string, string[]> };
  env?: Values;
  outputs?: Record<string, string>;
  'timeout-minutes'?: Json;
  /** A workflow that the job calls instead of running steps. */
  uses?: string;
  with?: Values;
  secrets?: 'inherit' | Record<string, string>;
  steps?: Step[];
}

export interface Step {
  id?: string;
  name?: string;
  if?: Json;
  uses?: string;
  with?: Values;
  run?: string;
  env?: Values;
  'timeout-minutes'?: Json;
}

export function readWorkflow(root: string, file: string): Workflow {
  return parse(readFileSync(path.join(root, file), 'utf8'));
}

/** Returns all inputs of a workflow, with the default value for each input that the caller omits. */
export function inputsOf(declared: Record<string, Input> | undefined, given: Values): Values {
  const unknown = Object.keys(given).filter((name) => !declared?.[name]);
  if (unknown.length > 0) throw new Error(`unknown inputs of the workflow: ${unknown.join(', ')}`);
  return Object.fromEntries(
    Object.entries(declared ?? {}).map(([name, input]) => [name, validateInput(name, input, given[name])]),
  );
}

function validateInput(name: string, { type, default: defaultValue, required, options }: Input, given?: Json): Json {
  if (given === undefined) {
    if (required && defaultValue === undefined) throw new Error(`the input ${name} is required`);
    return defaultValue ?? { string: '', number: 0, boolean: false, choice: options?.[0] ?? '' }[type];
  }
  const isValid = type === 'choice' ? options?.includes(String(given)) : typeof given === type;
  if (!isValid) throw new Error(`the input ${name} is ${JSON.stringify(given)}, but must be a ${type}`);
  return given;
}

/** Returns all combinations of the job's matrix values, or a single empty combination if the job has no matrix. */
export function matrixCombinations({ strategy }: Job): Record<string, string>[] {
  return Object.entries(strategy?.matrix ?? {}).reduce<Record<string, string>[]>(
    (combinations, [name, values]) =>
      combinations.flatMap((combination) => values.map((value) => ({ ...combination, [name]: value }))),
    [{}],
  );
}

export const needsOf = ({ needs = [] }: Job): string[] => [needs].flat();

export function environmentName({ environment = '' }: Job): string {
  return typeof environment === 'string' ? environment : environment.name;
}

/** Sorts jobs so that every job follows the jobs that it needs. */
export function sortByNeeds(jobs: Record<string, Job>): [id: string, job: Job][] {
  const ordered: [string, Job][] = [];
  const waiting = new Map(Object.entries(jobs));
  while (waiting.size > 0) {
    const ready = [...waiting].filter(([, job]) => !needsOf(job).some((need) => waiting.has(need)));
    if (ready.length === 0) throw new Error(`jobs need each other: ${[...waiting.keys()].join(', ')}`);
    for (const [id] of ready) waiting.delete(id);
    ordered.push(...ready);
  }
  return ordered;
}
