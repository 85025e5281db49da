import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Sandbox } from '../sandbox.ts';
import { type ExpressionScope, evaluateAll, evaluateIn, type Json, shouldRun, toText } from './expressions.ts';
import { type Cancellation, evaluateTexts, JobSteps, type StepOutcome, type StepRecord } from './job-steps.ts';
import type { Repository } from './repository.ts';
import {
  environmentName,
  inputsOf,
  type Job,
  matrixCombinations,
  needsOf,
  type Permissions,
  readWorkflow,
  sortByNeeds,
  type Values,
  type Workflow,
} from './workflow.ts';

/** The repositories and the API that simulated workflows use. */
export interface WorkflowHost {
  sandbox: Sandbox;
  /** The first repository contains the workflow to start. Workflows in any listed repository can be called. */
  repositories: readonly [Repository, ...Repository[]];
  /** URL of a fake GitHub API. */
  apiUrl?: string;
}

export interface WorkflowStart {
  /** Path of the workflow in its repository. */
  file: string;
  event?: 'workflow_dispatch' | 'schedule';
  inputs?: Values;
  vars?: Record<string, string>;
  environments?: Record<string, { vars?: Record<string, string>; secrets?: Record<string, string> }>;
  /**
   * Environment variables of the runner machine, such as a variable that injects a fault into the reference service.
   */
  env?: Record<string, string>;
  cancel?: Cancellation;
}

export interface JobRecord {
  /** Name of the job, preceded by the names of the jobs that called its workflow: `test (endurance) / run`. */
  name: string;
  outcome: StepOutcome;
  outputs: Record<string, string>;
  concurrency: Values | null;
  steps: StepRecord[];
}

export interface WorkflowResult {
  outcome: StepOutcome;
  jobs: JobRecord[];
  /** Folder that contains one subfolder per artifact. */
  artifacts: string;
}

/** Describes how a workflow was started: by an event, or by a job of another workflow. */
interface WorkflowCall {
  /** The repository that contains the workflow file. */
  repository: Repository;
  inputs: Values;
  /** Permissions of the calling job; null if an event started the workflow. */
  permissions: Permissions | null;
  /** Names of the secrets that the workflow can read. */
  secrets: 'inherit' | string[];
  prefix: string;
}

/** A job, which either runs steps or calls another workflow. */
interface PlannedJob {
  job: Job;
  name: string;
  scope: ExpressionScope;
  call: WorkflowCall;
  permissions: Permissions;
  env: Values;
}

interface JobOutcome {
  outcome: StepOutcome;
  outputs: Record<string, string>;
}

let workflowCount = 0;

/**
 * Simulates a workflow run of GitHub on this machine. Runs one job at a time, each after the jobs that it needs, in an
 * empty workspace. GitHub's own library evaluates expressions, bash runs `run` steps, and `ACTIONS` simulates actions.
 */
export async function simulateWorkflow(host: WorkflowHost, start: WorkflowStart): Promise<WorkflowResult> {
  const folder = host.sandbox.subfolder(`workflow-${++workflowCount}`);
  const workflowRun = new WorkflowRun(host, start, folder, workflowCount);
  const [repository] = host.repositories;
  const workflow = readWorkflow(repository.root, start.file);
  const outcomes = await workflowRun.runJobs(workflow, {
    repository,
    inputs: inputsOf(workflow.on.workflow_dispatch?.inputs, start.inputs ?? {}),
    permissions: null,
    secrets: 'inherit',
    prefix: '',
  });
  return {
    outcome: worstOutcome(Object.values(outcomes)),
    jobs: workflowRun.jobs,
    artifacts: workflowRun.artifacts,
  };
}

class WorkflowRun {
  readonly jobs: JobRecord[] = [];
  readonly artifacts: string;
  readonly #host: WorkflowHost;
  readonly #start: WorkflowStart;
  readonly #folder: string;
  readonly #number: number;

  constructor(host: WorkflowHost, start: WorkflowStart, folder: string, number: number) {
    this.#host = host;
    this.#start = start;
    this.#folder = folder;
    this.#number = number;
    this.artifacts = path.join(folder, 'artifacts');
    mkdirSync(this.artifacts);
  }

  /** Runs all jobs of a workflow, and returns their outcomes by job id. */
  async runJobs(workflow: Workflow, call: WorkflowCall): Promise<Record<string, JobOutcome>> {
    const outcomes: Record<string, JobOutcome> = {};
    for (const [id, job] of sortByNeeds(workflow.jobs)) {
      const needed = needsOf(job).map((need) => [need, outcomes[need] as JobOutcome] as const);
      const needs = Object.fromEntries(
        needed.map(([need, { outcome, outputs }]) => [need, { result: outcome, outputs }]),
      );
      const matrixOutcomes: JobOutcome[] = [];
      for (const matrix of matrixCombinations(job)) {
        const scope = this.#scope(call, { needs, matrix }, this.#statusAfter(needed.map(([, end]) => end)));
        const matrixText = Object.values(matrix).join(', ');
        const name = `${call.prefix}${id}${matrixText && ` (${matrixText})`}`;
        const permissions = grantPermissions(job.permissions ?? workflow.permissions, call.permissions);
        const planned: PlannedJob = { job, name, scope, call, permissions, env: workflow.env ?? {} };
        if (!shouldRun(job.if, scope)) matrixOutcomes.push({ outcome: 'skipped', outputs: {} });
        else matrixOutcomes.push(await (job.uses ? this.#callWorkflow(planned) : this.#runJob(planned)));
      }
      outcomes[id] = { outcome: worstOutcome(matrixOutcomes), outputs: matrixOutcomes.at(-1)?.outputs ?? {} };
    }
    return outcomes;
  }

  async #callWorkflow({ job, name, scope, call, permissions }: PlannedJob): Promise<JobOutcome> {
    const { repository, file } = this.#locateWorkflow(job.uses as string, call.repository);
    const workflow = readWorkflow(repository.root, file);
    const { inputs, outputs = {} } = workflow.on.workflow_call ?? assert.fail(`${file} cannot be called`);
    const jobs = await this.runJobs(workflow, {
      repository,
      inputs: inputsOf(inputs, evaluateAll(job.with ?? {}, scope)),
      permissions,
      secrets: job.secrets === 'inherit' ? 'inherit' : Object.keys(job.secrets ?? {}),
      prefix: `${name} / `,
    });
    const contexts = { jobs: Object.fromEntries(Object.entries(jobs).map(([id, end]) => [id, { ...end }])) };
    const values = Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value]));
    return {
      outcome: worstOutcome(Object.values(jobs)),
      outputs: evaluateTexts(values, { ...scope, contexts }),
    };
  }

  /**
   * Finds the workflow that a job calls: `./file` in the same repository, or `owner/name/file@commit` in another
   * repository.
   */
  #locateWorkflow(uses: string, callingRepository: Repository): { repository: Repository; file: string } {
    if (uses.startsWith('./')) return { repository: callingRepository, file: uses };
    const [, name, file = '', commit] = /^([^/]+\/[^/]+)\/(.+)@(.+)$/.exec(uses) ?? [];
    const repository = this.#host.repositories.find((candidate) => candidate.name === name && candidate.sha === commit);
    return { repository: repository ?? assert.fail(`${uses} does not exist`), file };
  }

  async #runJob({ job, name, scope: outer, call, permissions, env }: PlannedJob): Promise<JobOutcome> {
    const folder = path.join(this.#folder, `job-${this.jobs.length + 1}`);
    mkdirSync(folder);
    const steps = new JobSteps({
      sandbox: this.#host.sandbox,
      folder,
      artifacts: this.artifacts,
      repositories: this.#host.repositories,
      repository: this.#host.repositories[0],
      permissions,
      env: this.#start.env ?? {},
      cancel: this.#start.cancel,
    });
    const scope = this.#inEnvironment(job, outer, call, permissions);
    await steps.run(job.steps ?? [], scope, { ...env, ...job.env });
    const end: JobRecord = {
      name,
      outcome: steps.status,
      outputs: evaluateTexts(job.outputs ?? {}, steps.scopeIn(scope)),
      concurrency: job.concurrency ? evaluateAll(job.concurrency, outer) : null,
      steps: steps.records,
    };
    this.jobs.push(end);
    return end;
  }

  /** Adds the variables and secrets of the job's environment, and a token that has the job's permissions. */
  #inEnvironment(
    job: Job,
    scope: ExpressionScope,
    { secrets }: WorkflowCall,
    permissions: Permissions,
  ): ExpressionScope {
    const name = toText(evaluateIn(environmentName(job), scope));
    const environment = this.#start.environments?.[name] ?? {};
    const visibleSecrets = Object.entries(environment.secrets ?? {}).filter(
      ([secret]) => secrets === 'inherit' || secrets.includes(secret),
    );
    const token = tokenFor(permissions);
    return {
      ...scope,
      contexts: {
        ...scope.contexts,
        github: { ...(scope.contexts.github as Values), token },
        vars: { ...this.#start.vars, ...environment.vars },
        secrets: { ...Object.fromEntries(visibleSecrets), GITHUB_TOKEN: token },
      },
    };
  }

  /**
   * Returns the status of the preceding jobs. If one job was cancelled, the whole workflow counts as cancelled. A
   * skipped job does not count as successful.
   */
  #statusAfter(needed: readonly JobOutcome[]): ExpressionScope['status'] {
    const outcome = worstOutcome([...needed, ...this.jobs.filter((job) => job.outcome === 'cancelled')]);
    return outcome === 'skipped' ? 'failure' : outcome;
  }

  #scope(call: WorkflowCall, more: Record<string, Json>, status: ExpressionScope['status']): ExpressionScope {
    const { name, sha } = this.#host.repositories[0];
    const { file, event = 'workflow_dispatch', vars = {} } = this.#start;
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
          api_url: this.#host.apiUrl ?? '',
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

/** Creates a token that lists its permissions in plain text, so that fakes of GitHub can check the permissions. */
const tokenFor = (permissions: Permissions): string => `token:${JSON.stringify(permissions)}`;

/** Returns the permissions that a job requests. Fails if the calling job lacks one of the requested permissions. */
function grantPermissions(requested: Permissions = {}, callerPermissions: Permissions | null): Permissions {
  for (const [scope, access] of Object.entries(requested))
    assert.ok(
      !callerPermissions || callerPermissions[scope] === 'write' || callerPermissions[scope] === access,
      `${scope} is granted`,
    );
  return requested;
}

const FAILED_OUTCOMES: StepOutcome[] = ['cancelled', 'failure'];

function worstOutcome(jobs: readonly Pick<JobOutcome, 'outcome'>[]): StepOutcome {
  const outcomes = jobs.map(({ outcome }) => outcome);
  const allSkipped = outcomes.length > 0 && outcomes.every((outcome) => outcome === 'skipped');
  return FAILED_OUTCOMES.find((outcome) => outcomes.includes(outcome)) ?? (allSkipped ? 'skipped' : 'success');
}
