import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Sandbox } from '../suite.ts';
import { filled, filledEach, isWanted, type Json, type Scope, textOf } from './expressions.ts';
import type { Repository } from './repository.ts';
import { type Cancel, type Outcome, type StepEnd, Steps, texts } from './steps.ts';
import {
  combinations,
  environmentOf,
  inOrder,
  inputsOf,
  type Job,
  needsOf,
  type Permissions,
  readWorkflow,
  type Values,
  type Workflow,
} from './workflow.ts';

/** Where workflows are played. */
export interface Stage {
  sandbox: Sandbox;
  /** The first is the one whose workflows are started; those of all may be called. */
  repositories: readonly [Repository, ...Repository[]];
  /** Stands in for GitHub's API. */
  apiUrl?: string;
}

export interface Play {
  /** Path of the workflow in its repository. */
  file: string;
  event?: 'workflow_dispatch' | 'schedule';
  inputs?: Values;
  vars?: Record<string, string>;
  environments?: Record<string, { vars?: Record<string, string>; secrets?: Record<string, string> }>;
  /** Of the machines: a fault of the reference service, for example. */
  env?: Record<string, string>;
  cancel?: Cancel;
}

export interface JobEnd {
  /** With the names of what it is part of: `night (endurance) / run`. */
  name: string;
  outcome: Outcome;
  outputs: Record<string, string>;
  concurrency: Values | null;
  steps: StepEnd[];
}

export interface Played {
  outcome: Outcome;
  jobs: JobEnd[];
  /** Folder with a folder for each artifact. */
  artifacts: string;
}

/** How a workflow was started: by an event, or by a job of another. */
interface Call {
  /** In which it is defined. */
  repository: Repository;
  inputs: Values;
  /** What the calling job may do; null where there is none. */
  permissions: Permissions | null;
  /** Names of the secrets that it sees. */
  secrets: 'inherit' | string[];
  prefix: string;
}

/** A job that is to be run, or the workflow that it calls. */
interface Wanted {
  job: Job;
  name: string;
  scope: Scope;
  call: Call;
  permissions: Permissions;
  env: Values;
}

interface Ended {
  outcome: Outcome;
  outputs: Record<string, string>;
}

let plays = 0;

/**
 * Plays a workflow as GitHub runs it: jobs by their needs, steps in order, expressions by GitHub's own evaluator, each
 * `run` by bash in a workspace of its own, with the variables and files that a step has there. Actions are played by
 * `ACTIONS`. What GitHub would run at the same time goes one after the other.
 */
export async function playWorkflow(stage: Stage, play: Play): Promise<Played> {
  const folder = stage.sandbox.subfolder(`workflow-${++plays}`);
  const running = new Running(stage, play, folder, plays);
  const [repository] = stage.repositories;
  const workflow = readWorkflow(repository.root, play.file);
  const ended = await running.workflow(workflow, {
    repository,
    inputs: inputsOf(workflow.on.workflow_dispatch?.inputs, play.inputs ?? {}),
    permissions: null,
    secrets: 'inherit',
    prefix: '',
  });
  return { outcome: worst(Object.values(ended)), jobs: running.jobs, artifacts: running.artifacts };
}

class Running {
  readonly jobs: JobEnd[] = [];
  readonly artifacts: string;
  readonly #stage: Stage;
  readonly #play: Play;
  readonly #folder: string;
  readonly #number: number;

  constructor(stage: Stage, play: Play, folder: string, number: number) {
    this.#stage = stage;
    this.#play = play;
    this.#folder = folder;
    this.#number = number;
    this.artifacts = path.join(folder, 'artifacts');
    mkdirSync(this.artifacts);
  }

  /** All jobs of a workflow, by their ids. */
  async workflow(workflow: Workflow, call: Call): Promise<Record<string, Ended>> {
    const ended: Record<string, Ended> = {};
    for (const [id, job] of inOrder(workflow.jobs)) {
      const needed = needsOf(job).map((need) => [need, ended[need] as Ended] as const);
      const needs = Object.fromEntries(
        needed.map(([need, { outcome, outputs }]) => [need, { result: outcome, outputs }]),
      );
      const ends: Ended[] = [];
      for (const matrix of combinations(job)) {
        const scope = this.#scope(call, { needs, matrix }, this.#statusAfter(needed.map(([, end]) => end)));
        const shown = Object.values(matrix).join(', ');
        const name = `${call.prefix}${id}${shown && ` (${shown})`}`;
        const permissions = granted(job.permissions ?? workflow.permissions, call.permissions);
        const wanted: Wanted = { job, name, scope, call, permissions, env: workflow.env ?? {} };
        if (!isWanted(job.if, scope)) ends.push({ outcome: 'skipped', outputs: {} });
        else ends.push(await (job.uses ? this.#called(wanted) : this.#job(wanted)));
      }
      ended[id] = { outcome: worst(ends), outputs: ends.at(-1)?.outputs ?? {} };
    }
    return ended;
  }

  async #called({ job, name, scope, call, permissions }: Wanted): Promise<Ended> {
    const { repository, file } = this.#located(job.uses as string, call.repository);
    const workflow = readWorkflow(repository.root, file);
    const { inputs, outputs = {} } = workflow.on.workflow_call ?? assert.fail(`${file} may not be called`);
    const jobs = await this.workflow(workflow, {
      repository,
      inputs: inputsOf(inputs, filledEach(job.with ?? {}, scope)),
      permissions,
      secrets: job.secrets === 'inherit' ? 'inherit' : Object.keys(job.secrets ?? {}),
      prefix: `${name} / `,
    });
    const contexts = { jobs: Object.fromEntries(Object.entries(jobs).map(([id, end]) => [id, { ...end }])) };
    const values = Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value]));
    return { outcome: worst(Object.values(jobs)), outputs: texts(values, { ...scope, contexts }) };
  }

  /** `./file` is of the same repository, and `owner/name/file@commit` of another. */
  #located(uses: string, here: Repository): { repository: Repository; file: string } {
    if (uses.startsWith('./')) return { repository: here, file: uses };
    const [, name, file = '', commit] = /^([^/]+\/[^/]+)\/(.+)@(.+)$/.exec(uses) ?? [];
    const found = this.#stage.repositories.find((one) => one.name === name && one.sha === commit);
    return { repository: found ?? assert.fail(`there is no ${uses}`), file };
  }

  async #job({ job, name, scope: outer, call, permissions, env }: Wanted): Promise<Ended> {
    const folder = path.join(this.#folder, `job-${this.jobs.length + 1}`);
    mkdirSync(folder);
    const steps = new Steps({
      sandbox: this.#stage.sandbox,
      folder,
      artifacts: this.artifacts,
      repositories: this.#stage.repositories,
      repository: this.#stage.repositories[0],
      permissions,
      env: this.#play.env ?? {},
      cancel: this.#play.cancel,
    });
    const scope = this.#inEnvironment(job, outer, call, permissions);
    await steps.run(job.steps ?? [], scope, { ...env, ...job.env });
    const end: JobEnd = {
      name,
      outcome: steps.status,
      outputs: texts(job.outputs ?? {}, steps.scopeIn(scope)),
      concurrency: job.concurrency ? filledEach(job.concurrency, outer) : null,
      steps: steps.ends,
    };
    this.jobs.push(end);
    return end;
  }

  /** With the variables and secrets of the environment that the job names, and a token for what it may do. */
  #inEnvironment(job: Job, scope: Scope, { secrets }: Call, permissions: Permissions): Scope {
    const name = textOf(filled(environmentOf(job), scope));
    const environment = this.#play.environments?.[name] ?? {};
    const seen = Object.entries(environment.secrets ?? {}).filter(
      ([secret]) => secrets === 'inherit' || secrets.includes(secret),
    );
    const token = tokenFor(permissions);
    return {
      ...scope,
      contexts: {
        ...scope.contexts,
        github: { ...(scope.contexts.github as Values), token },
        vars: { ...this.#play.vars, ...environment.vars },
        secrets: { ...Object.fromEntries(seen), GITHUB_TOKEN: token },
      },
    };
  }

  /** Cancelling is of the whole workflow; a job that was skipped is none that has succeeded. */
  #statusAfter(needed: readonly Ended[]): Scope['status'] {
    const outcome = worst([...needed, ...this.jobs.filter((job) => job.outcome === 'cancelled')]);
    return outcome === 'skipped' ? 'failure' : outcome;
  }

  #scope(call: Call, more: Record<string, Json>, status: Scope['status']): Scope {
    const { name, sha } = this.#stage.repositories[0];
    const { file, event = 'workflow_dispatch', vars = {} } = this.#play;
    return {
      status,
      hashFiles: () => '',
      contexts: {
        github: {
          repository: name,
          sha,
          ref: 'refs/heads/main',
          ref_name: 'main',
          event_name: event,
          workflow: file,
          run_id: String(1000 + this.#number),
          run_number: String(this.#number),
          run_attempt: '1',
          server_url: 'https://github.com',
          api_url: this.#stage.apiUrl ?? '',
        },
        inputs: call.inputs,
        vars,
        secrets: {},
        steps: {},
        job: { workflow_repository: call.repository.name, workflow_sha: call.repository.sha },
        runner: { os: 'Linux', arch: 'X64' },
        ...more,
      },
    };
  }
}

/** A token says what it is good for, so that who is given it can tell. */
const tokenFor = (permissions: Permissions): string => `token:${JSON.stringify(permissions)}`;

/** A job may do what it asks for, if its caller may. */
function granted(asked: Permissions = {}, ceiling: Permissions | null): Permissions {
  for (const [scope, access] of Object.entries(asked))
    assert.ok(!ceiling || ceiling[scope] === 'write' || ceiling[scope] === access, `${scope} is granted`);
  return asked;
}

const BAD: Outcome[] = ['cancelled', 'failure'];

function worst(ends: readonly Ended[]): Outcome {
  const outcomes = ends.map(({ outcome }) => outcome);
  const all = outcomes.length > 0 && outcomes.every((outcome) => outcome === 'skipped');
  return BAD.find((bad) => outcomes.includes(bad)) ?? (all ? 'skipped' : 'success');
}
