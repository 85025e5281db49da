import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunningCommand, Sandbox } from '../sandbox.ts';
import { ACTIONS, type JobContext } from './actions.ts';
import { type ExpressionScope, evaluateAll, shouldRun, toText } from './expressions.ts';
import type { Step, Values } from './workflow.ts';

export type StepOutcome = 'success' | 'failure' | 'cancelled' | 'skipped';

export interface StepRecord {
  name: string;
  outcome: StepOutcome;
  /** Output of the step on stdout and stderr. */
  log: string;
  /** Markdown that the step added to the job summary. */
  summary: string;
  /** Workflow commands for annotations: `::error title=...::message`. */
  annotations: string[];
}

/** A request to cancel the workflow while a step runs, as soon as `when` returns true. */
export interface Cancellation {
  step: string;
  when: (workspace: string) => boolean;
}

export interface StepsSettings extends JobContext {
  sandbox: Sandbox;
  /** Empty folder for temporary files of the job. */
  folder: string;
  /** Environment variables of the runner machine. */
  env: Record<string, string>;
  cancel: Cancellation | undefined;
}

/** Limits of GitHub per step. GitHub drops annotations beyond the first 10, and does not show a summary above 1 MiB. */
const MAX_ANNOTATIONS = 10;
const MAX_SUMMARY_BYTES = 1024 ** 2;

/** The signals that GitHub sends to cancel a step, each with the time that GitHub waits for the step to exit. */
const CANCEL_SIGNALS: [signal: NodeJS.Signals, timeoutMs: number][] = [
  ['SIGINT', 7500],
  ['SIGTERM', 2500],
];
const POLL_MS = 50;

/** Runs the steps of a job in an empty workspace. All jobs use the same workspace path. */
export class JobSteps {
  readonly records: StepRecord[] = [];
  readonly workspace: string;
  status: ExpressionScope['status'] = 'success';
  readonly #settings: StepsSettings;
  readonly #outputs: Record<string, { outputs: Record<string, string>; outcome: StepOutcome }> = {};
  readonly #paths: string[] = [];
  readonly #masks: string[] = [];

  constructor(settings: StepsSettings) {
    this.#settings = settings;
    this.workspace = path.join(settings.sandbox.folder, 'workspace');
    rmSync(this.workspace, { recursive: true, force: true });
    mkdirSync(this.workspace);
  }

  /** @param env environment variables of the workflow and the job, whose expressions are not evaluated yet */
  async run(steps: readonly Step[], outer: ExpressionScope, env: Values): Promise<void> {
    for (const step of steps) {
      const scope = this.scopeIn(outer);
      const name = step.name ?? step.run ?? step.uses ?? '';
      const record: StepRecord = { name, outcome: 'skipped', log: '', summary: '', annotations: [] };
      let outputs = {};
      if (shouldRun(step.if, scope))
        outputs = step.uses ? this.#runAction(step, scope, record) : await this.#runScript(step, scope, env, record);
      this.records.push(record);
      if (step.id) this.#outputs[step.id] = { outputs, outcome: record.outcome };
      if (record.outcome === 'failure' && this.status === 'success') this.status = 'failure';
      if (record.outcome === 'cancelled') this.status = 'cancelled';
    }
  }

  /** The data that expressions of the next step can read, including outputs and outcomes of the preceding steps. */
  scopeIn(outer: ExpressionScope): ExpressionScope {
    return {
      contexts: { ...outer.contexts, steps: this.#outputs },
      status: this.status,
      hashFiles: (patterns) => hashFiles(this.workspace, patterns),
    };
  }

  #runAction(
    { uses = '', with: inputs = {} }: Step,
    scope: ExpressionScope,
    record: StepRecord,
  ): Record<string, string> {
    const [, name = '', sha] = /^(.+)@([\da-f]{40})$/.exec(uses) ?? [];
    const action = ACTIONS[name];
    assert.ok(sha && action, `${uses} is pinned to a commit and has a simulation`);
    record.outcome = 'success';
    return action(evaluateTexts(inputs, scope), {
      ...this.#settings,
      workspace: this.workspace,
      home: this.#settings.sandbox.env.HOME ?? '',
      addPath: (folder) => this.#paths.unshift(folder),
    });
  }

  async #runScript(
    step: Step,
    scope: ExpressionScope,
    outerEnv: Values,
    record: StepRecord,
  ): Promise<Record<string, string>> {
    const temp = path.join(this.#settings.folder, `step-${this.records.length + 1}`);
    mkdirSync(temp);
    const file = (name: string, content = '') => {
      const place = path.join(temp, name);
      writeFileSync(place, content);
      return place;
    };
    const [script, output, summary] = [file('script.sh', step.run), file('output'), file('summary')];
    const { PATH = '' } = this.#settings.sandbox.env;
    const started = this.#settings.sandbox.spawn('bash', ['-e', script], {
      cwd: this.workspace,
      env: {
        ...this.#settings.env,
        ...defaultEnv(scope, this.workspace),
        PATH: [...this.#paths, PATH].join(path.delimiter),
        RUNNER_TEMP: temp,
        GITHUB_OUTPUT: output,
        GITHUB_STEP_SUMMARY: summary,
        ...evaluateTexts({ ...outerEnv, ...step.env }, scope),
      },
    });
    const cancelled = await this.#cancelIfRequested(step, started);
    const { code, stdout, stderr } = await started.exit;
    record.outcome = cancelled ? 'cancelled' : code === 0 ? 'success' : 'failure';
    record.log = this.#maskSecrets(stdout + stderr);
    record.summary = readFileSync(summary, 'utf8');
    record.annotations = record.log.split('\n').filter((line) => /^\s*::(error|warning|notice)\b/.test(line));
    assert.ok(record.annotations.length <= MAX_ANNOTATIONS, 'GitHub shows every annotation');
    assert.ok(Buffer.byteLength(record.summary) <= MAX_SUMMARY_BYTES, 'GitHub shows the whole summary');
    return parseOutputs(readFileSync(output, 'utf8'));
  }

  /** Replaces all values that preceding steps have masked with the workflow command `add-mask`. */
  #maskSecrets(log: string): string {
    const command = /^::add-mask::(.*)\n/gm;
    for (const [, value = ''] of log.matchAll(command)) this.#masks.push(decodeURIComponent(value));
    return this.#masks.reduce((text, mask) => text.replaceAll(mask, '***'), log.replace(command, ''));
  }

  /**
   * Cancels the step if the test requested a cancellation. Like GitHub, sends signals only to the first process of the
   * step.
   */
  async #cancelIfRequested({ name }: Step, started: RunningCommand): Promise<boolean> {
    const { cancel, sandbox } = this.#settings;
    if (!cancel || cancel.step !== name) return false;
    while (started.isRunning && !cancel.when(this.workspace)) await sleep(POLL_MS);
    if (!started.isRunning) return false;
    for (const [signal, timeoutMs] of CANCEL_SIGNALS) {
      started.kill(signal);
      for (let waited = 0; waited < timeoutMs && started.isRunning; waited += POLL_MS) await sleep(POLL_MS);
    }
    sandbox.killAll();
    return true;
  }
}

export const evaluateTexts = (values: Values, scope: ExpressionScope): Record<string, string> =>
  Object.fromEntries(Object.entries(evaluateAll(values, scope)).map(([name, value]) => [name, toText(value)]));

function defaultEnv({ contexts }: ExpressionScope, workspace: string): Record<string, string> {
  const github = contexts.github as Record<string, string>;
  const names = 'repository sha ref ref_name event_name workflow run_id run_number run_attempt server_url api_url';
  return {
    CI: 'true',
    GITHUB_ACTIONS: 'true',
    GITHUB_WORKSPACE: workspace,
    // On GitHub runners, git has no author configured, so a commit without an explicit author must fail.
    GIT_CONFIG_GLOBAL: '/dev/null',
    ...Object.fromEntries(names.split(' ').map((name) => [`GITHUB_${name.toUpperCase()}`, github[name] ?? ''])),
  };
}

function parseOutputs(text: string): Record<string, string> {
  const lines = text.split('\n').filter(Boolean);
  return Object.fromEntries(
    lines.map((line) => {
      const [, name, value] = /^([\w-]+)=(.*)$/.exec(line) ?? [];
      assert.ok(name !== undefined && value !== undefined, `"${line}" is a name=value output`);
      return [name, value];
    }),
  );
}

/** Implements GitHub's `hashFiles`: returns the hash over the hashes of all matching files. */
function hashFiles(folder: string, patterns: readonly string[]): string {
  const files = patterns.flatMap((pattern) => globSync(pattern, { cwd: folder }).sort());
  if (files.length === 0) return '';
  const digest = (...parts: (string | Buffer)[]) =>
    parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest();
  return digest(...files.map((file) => digest(readFileSync(path.join(folder, file))))).toString('hex');
}
