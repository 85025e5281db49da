import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import type { Json } from './expressions.ts';

export type Values = Record<string, Json>;

/** A workflow file, as far as it is used here. */
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
  /** Of a workflow that this job is, instead of steps. */
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

/** The inputs of a workflow as they are seen inside: what is not given has its default. */
export function inputsOf(declared: Record<string, Input> | undefined, given: Values): Values {
  const unknown = Object.keys(given).filter((name) => !declared?.[name]);
  if (unknown.length > 0) throw new Error(`no inputs of the workflow: ${unknown.join(', ')}`);
  return Object.fromEntries(
    Object.entries(declared ?? {}).map(([name, input]) => [name, checked(name, input, given[name])]),
  );
}

function checked(name: string, { type, default: usual, required, options }: Input, given?: Json): Json {
  if (given === undefined) {
    if (required && usual === undefined) throw new Error(`the input ${name} is required`);
    return usual ?? { string: '', number: 0, boolean: false, choice: options?.[0] ?? '' }[type];
  }
  const is = type === 'choice' ? options?.includes(String(given)) : typeof given === type;
  if (!is) throw new Error(`the input ${name} takes a ${type}, and got ${JSON.stringify(given)}`);
  return given;
}

/** A job for each combination of its matrix, or the job itself. */
export function combinations({ strategy }: Job): Record<string, string>[] {
  return Object.entries(strategy?.matrix ?? {}).reduce<Record<string, string>[]>(
    (all, [name, values]) => all.flatMap((one) => values.map((value) => ({ ...one, [name]: value }))),
    [{}],
  );
}

export const needsOf = ({ needs = [] }: Job): string[] => [needs].flat();

export function environmentOf({ environment = '' }: Job): string {
  return typeof environment === 'string' ? environment : environment.name;
}

/** Each job after those that it needs. */
export function inOrder(jobs: Record<string, Job>): [id: string, job: Job][] {
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
