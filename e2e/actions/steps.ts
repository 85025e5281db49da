import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Sandbox, Started } from '../suite.ts';
import { ACTIONS, type OfJob } from './actions.ts';
import { filledEach, isWanted, type Scope, textOf } from './expressions.ts';
import type { Step, Values } from './workflow.ts';

export type Outcome = 'success' | 'failure' | 'cancelled' | 'skipped';

export interface StepEnd {
  name: string;
  outcome: Outcome;
  /** What it said, on both of its outputs. */
  said: string;
  /** What it added to the job summary. */
  summary: string;
  /** The lines by which it annotates. */
  annotations: string[];
}

/** Cancels all as soon as this step is so far. */
export interface Cancel {
  step: string;
  once: (workspace: string) => boolean;
}

export interface JobSurroundings extends OfJob {
  sandbox: Sandbox;
  /** Folder of the job, which is there and empty. */
  folder: string;
  /** Of the machine. */
  env: Record<string, string>;
  cancel: Cancel | undefined;
}

/** What GitHub keeps of the annotations of a step, and the size of what it shows as its summary. */
const MOST_ANNOTATIONS = 10;
const MOST_SUMMARY_BYTES = 1024 ** 2;

/** How a step is cancelled: how long it has after each signal. */
const CANCELLING: [signal: NodeJS.Signals, patienceMs: number][] = [
  ['SIGINT', 7500],
  ['SIGTERM', 2500],
];
const POLL_MS = 50;

/** The steps of one job, on a machine of its own: its workspace is where that of every other job is, and empty. */
export class Steps {
  readonly ends: StepEnd[] = [];
  readonly workspace: string;
  status: Scope['status'] = 'success';
  readonly #at: JobSurroundings;
  readonly #outputs: Record<string, { outputs: Record<string, string>; outcome: Outcome }> = {};
  readonly #paths: string[] = [];
  readonly #masks: string[] = [];

  constructor(at: JobSurroundings) {
    this.#at = at;
    this.workspace = path.join(at.sandbox.folder, 'workspace');
    rmSync(this.workspace, { recursive: true, force: true });
    mkdirSync(this.workspace);
  }

  /** @param env of the workflow and of the job, as they are written there */
  async run(steps: readonly Step[], outer: Scope, env: Values): Promise<void> {
    for (const step of steps) {
      const scope = this.scopeIn(outer);
      const name = step.name ?? step.run ?? step.uses ?? '';
      const end: StepEnd = { name, outcome: 'skipped', said: '', summary: '', annotations: [] };
      let outputs = {};
      if (isWanted(step.if, scope))
        outputs = step.uses ? this.#action(step, scope, end) : await this.#command(step, scope, env, end);
      this.ends.push(end);
      if (step.id) this.#outputs[step.id] = { outputs, outcome: end.outcome };
      if (end.outcome === 'failure' && this.status === 'success') this.status = 'failure';
      if (end.outcome === 'cancelled') this.status = 'cancelled';
    }
  }

  /** What is seen from here: what the steps before have put out, and how they have ended. */
  scopeIn(outer: Scope): Scope {
    return {
      contexts: { ...outer.contexts, steps: this.#outputs },
      status: this.status,
      hashFiles: (patterns) => hashOf(this.workspace, patterns),
    };
  }

  #action({ uses = '', with: inputs = {} }: Step, scope: Scope, end: StepEnd): Record<string, string> {
    const [, name = '', sha] = /^(.+)@([\da-f]{40})$/.exec(uses) ?? [];
    const play = ACTIONS[name];
    assert.ok(sha && play, `${uses} is pinned, and known`);
    end.outcome = 'success';
    return play(texts(inputs, scope), {
      ...this.#at,
      workspace: this.workspace,
      home: this.#at.sandbox.env.HOME ?? '',
      addPath: (folder) => this.#paths.unshift(folder),
    });
  }

  async #command(step: Step, scope: Scope, outerEnv: Values, end: StepEnd): Promise<Record<string, string>> {
    const temp = path.join(this.#at.folder, `step-${this.ends.length + 1}`);
    mkdirSync(temp);
    const file = (name: string, content = '') => {
      const place = path.join(temp, name);
      writeFileSync(place, content);
      return place;
    };
    const [script, output, summary] = [file('script.sh', step.run), file('output'), file('summary')];
    const { PATH = '' } = this.#at.sandbox.env;
    const started = this.#at.sandbox.spawn('bash', ['-e', script], {
      cwd: this.workspace,
      env: {
        ...this.#at.env,
        ...defaultEnv(scope, this.workspace),
        PATH: [...this.#paths, PATH].join(path.delimiter),
        RUNNER_TEMP: temp,
        GITHUB_OUTPUT: output,
        GITHUB_STEP_SUMMARY: summary,
        ...texts({ ...outerEnv, ...step.env }, scope),
      },
    });
    const cancelled = await this.#cancelled(step, started);
    const { code, stdout, stderr } = await started.ended;
    end.outcome = cancelled ? 'cancelled' : code === 0 ? 'success' : 'failure';
    end.said = this.#masked(stdout + stderr);
    end.summary = readFileSync(summary, 'utf8');
    end.annotations = end.said.split('\n').filter((line) => /^\s*::(error|warning|notice)\b/.test(line));
    assert.ok(end.annotations.length <= MOST_ANNOTATIONS, 'every annotation is shown');
    assert.ok(Buffer.byteLength(end.summary) <= MOST_SUMMARY_BYTES, 'the whole summary is shown');
    return outputsIn(readFileSync(output, 'utf8'));
  }

  /** As the log shows it: the values that the step asks to mask are stars in this step and the next ones. */
  #masked(said: string): string {
    const command = /^::add-mask::(.*)\n/gm;
    for (const [, value = ''] of said.matchAll(command)) this.#masks.push(decodeURIComponent(value));
    return this.#masks.reduce((text, mask) => text.replaceAll(mask, '***'), said.replace(command, ''));
  }

  /** Whether a step was ended before its time. Only its first process is told. */
  async #cancelled({ name }: Step, started: Started): Promise<boolean> {
    const { cancel, sandbox } = this.#at;
    if (!cancel || cancel.step !== name) return false;
    while (started.isRunning && !cancel.once(this.workspace)) await sleep(POLL_MS);
    if (!started.isRunning) return false;
    for (const [signal, patienceMs] of CANCELLING) {
      started.kill(signal);
      for (let waited = 0; waited < patienceMs && started.isRunning; waited += POLL_MS) await sleep(POLL_MS);
    }
    sandbox.endAll();
    return true;
  }
}

export const texts = (values: Values, scope: Scope): Record<string, string> =>
  Object.fromEntries(Object.entries(filledEach(values, scope)).map(([name, value]) => [name, textOf(value)]));

function defaultEnv({ contexts }: Scope, workspace: string): Record<string, string> {
  const github = contexts.github as Record<string, string>;
  const names =
    'repository sha ref ref_name event_name workflow run_id run_number run_attempt server_url api_url';
  return {
    CI: 'true',
    GITHUB_ACTIONS: 'true',
    GITHUB_WORKSPACE: workspace,
    // A runner has no name and address for commits.
    GIT_CONFIG_GLOBAL: '/dev/null',
    ...Object.fromEntries(
      names.split(' ').map((name) => [`GITHUB_${name.toUpperCase()}`, github[name] ?? '']),
    ),
  };
}

function outputsIn(text: string): Record<string, string> {
  const lines = text.split('\n').filter(Boolean);
  return Object.fromEntries(
    lines.map((line) => {
      const [, name, value] = /^([\w-]+)=(.*)$/.exec(line) ?? [];
      assert.ok(name !== undefined && value !== undefined, `an output: ${line}`);
      return [name, value];
    }),
  );
}

/** As GitHub's `hashFiles`: of the hashes of all files that match. */
function hashOf(folder: string, patterns: readonly string[]): string {
  const files = patterns.flatMap((pattern) => globSync(pattern, { cwd: folder }).sort());
  if (files.length === 0) return '';
  const digest = (...parts: (string | Buffer)[]) =>
    parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest();
  return digest(...files.map((file) => digest(readFileSync(path.join(folder, file))))).toString('hex');
}
