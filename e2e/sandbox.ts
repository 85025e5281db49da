import assert from 'node:assert/strict';
import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { after, afterEach } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { ensureK6 } from '../cli/k6/index.ts';
import { allProcesses, endAll, mentioning } from '../cli/support/processes.ts';
import type { Result } from '../lib/core/evidence/index.ts';
import { sum } from '../lib/core/numbers/index.ts';
import type { Summary, Window } from '../lib/core/telemetry/index.ts';
import { dataFolder, tempFolder } from '../reference-service/testing/target.ts';

export const ROOT = path.join(import.meta.dirname, '..');

/** A timeout that is long enough for a busy machine. */
const EVENTUALLY_TIMEOUT_MS = 60_000;
const ORPHAN_TIMEOUT_MS = 2000;
const POLL_MS = 50;

export interface CommandExit {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

export interface CommandOptions {
  env?: Record<string, string>;
  /** Root of the checkout that contains the CLI to run. */
  root?: string;
  cwd?: string;
  /** Whether to run `cli/launch.mjs`, like npm scripts do, instead of the CLI. */
  launcher?: boolean;
  /** Folder for results. Default: a new folder */
  results?: string;
  /** Command that runs a test. Default: `run` */
  subcommand?: string[];
  /** Whether to open an IPC channel to this process. A target stops when the channel closes. */
  channel?: boolean;
}

/** A command that may still be running, and its output so far. */
export class RunningCommand {
  stdout = '';
  stderr = '';
  readonly pid: number;
  readonly exit: Promise<CommandExit>;
  readonly #child: ChildProcess;

  constructor(child: ChildProcess) {
    this.#child = child;
    this.pid = child.pid as number;
    child.stdout?.setEncoding('utf8').on('data', (text) => {
      this.stdout += text;
    });
    child.stderr?.setEncoding('utf8').on('data', (text) => {
      this.stderr += text;
    });
    this.exit = new Promise((resolve, reject) => {
      child.once('error', reject);
      const closed = new Promise((done) => child.once('close', done));
      child.once('exit', async (code, signal) => {
        // Do not wait until the pipes close: after kill -9, an orphaned process may keep them open, and a test must
        // detect that.
        await Promise.race([closed, sleep(ORPHAN_TIMEOUT_MS)]);
        resolve({ code, signal, stdout: this.stdout, stderr: this.stderr });
      });
    });
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }
}

// Exit on signals, because the exit handlers remove the sandboxes.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));

/**
 * Isolates the commands of a test file: each test file has its own locks, database and results. Fails if a process is
 * still running after a test. Removes the folder after the last test.
 */
export class Sandbox {
  readonly folder = tempFolder();
  readonly data = dataFolder(this.subfolder('data'));
  readonly temp = this.subfolder('tmp');
  #results = '';
  #runs = 0;

  /** @param outlivesTests whether processes may run until the last test of the file has finished */
  constructor({ outlivesTests = false } = {}) {
    // Kill processes before the temporary folder is removed, because they may still be using the folder.
    process.prependOnceListener('exit', () => this.#clear());
    after(() => this.#clear());
    if (outlivesTests) return;
    afterEach(async () => {
      try {
        await this.assertNothingRuns();
      } finally {
        this.killAll();
      }
    });
  }

  /** Folder with the results of the last command. */
  get results(): string {
    return this.#results;
  }

  get env(): Record<string, string> {
    const { PATH = '', HOME = '', XDG_CACHE_HOME } = process.env;
    const { NODE_COMPILE_CACHE = path.join(this.folder, 'compiled') } = process.env;
    return {
      PATH,
      HOME,
      ...(XDG_CACHE_HOME ? { XDG_CACHE_HOME } : {}),
      TMPDIR: this.temp,
      TARGET_DATA_DIR: this.data,
      NO_COLOR: '1',
      NODE_COMPILE_CACHE,
    };
  }

  /** Starts the CLI with these arguments. */
  start(args: string[], { env = {}, root = ROOT, cwd = root, launcher = false }: CommandOptions = {}): RunningCommand {
    return this.spawn(process.execPath, [path.join(root, 'cli', launcher ? 'launch.mjs' : 'main.ts'), ...args], {
      env,
      cwd,
    });
  }

  spawn(
    command: string,
    args: string[],
    { env = {}, cwd = ROOT, channel = false }: CommandOptions = {},
  ): RunningCommand {
    const stdio: StdioOptions = ['pipe', 'pipe', 'pipe', ...(channel ? ['ipc' as const] : [])];
    return new RunningCommand(spawn(command, args, { cwd, env: { ...this.env, ...env }, stdio }));
  }

  /** Runs a script with k6 directly, without the runner. */
  async k6(args: string[], options?: CommandOptions): Promise<CommandExit> {
    const k6 = await ensureK6({ env: process.env, log: () => {} });
    return this.spawn(k6.path, ['run', '--quiet', '--no-usage-report', ...args], options).exit;
  }

  /** Starts the CLI with these arguments, and waits until it exits. */
  runCommand(args: string[], options?: CommandOptions): Promise<CommandExit> {
    return this.start(args, options).exit;
  }

  /** Starts `run <args>` with a new folder for results. */
  startRun(args: string[], { subcommand: command = ['run'], ...options }: CommandOptions = {}): RunningCommand {
    this.#results = options.results ?? this.subfolder(`results-${++this.#runs}`);
    return this.start([...command, ...args, '--results', this.#results], options);
  }

  /** Starts `run <args>`, and waits until it exits. */
  run(args: string[], options?: CommandOptions): Promise<CommandExit> {
    return this.startRun(args, options).exit;
  }

  /** The run folder that the last command created; null if the command created none. */
  get lastRunOrNull(): RunFiles | null {
    const folders = existsSync(this.#results)
      ? readdirSync(this.#results, { recursive: true, encoding: 'utf8' }).filter((file) =>
          /^[^/]+\/[^/]+\/[^/]+$/.test(file),
        )
      : [];
    assert.ok(folders.length <= 1, `expected one run folder, found ${folders.join(', ')}`);
    return folders[0] ? new RunFiles(path.join(this.#results, folders[0])) : null;
  }

  /** The run folder that the last command created. Fails if the command created none. */
  get lastRun(): RunFiles {
    assert.ok(this.lastRunOrNull, 'the command created a run folder');
    return this.lastRunOrNull;
  }

  /** Waits until the run has recorded a number of windows of telemetry. */
  async waitForWindows(count: number, started: RunningCommand): Promise<RunFiles> {
    return eventually(`${count} windows`, () => {
      assert.ok(started.isRunning, `exited before it recorded ${count} windows: ${started.stderr}`);
      const run = this.lastRunOrNull;
      return run && run.windows().length >= count && run;
    });
  }

  /** Returns all running processes that commands of this sandbox have started. */
  processes(): { pid: number; command: string }[] {
    return mentioning(this.folder);
  }

  /** @param timeoutMs time to wait for processes that exit shortly after their command */
  async assertNothingRuns(timeoutMs = 10_000): Promise<void> {
    const end = Date.now() + timeoutMs;
    while (this.processes().length > 0 && Date.now() < end) await sleep(POLL_MS);
    assert.deepEqual(this.processes(), [], 'no processes are running');
  }

  /** Creates a folder that every user can access. */
  subfolder(name: string): string {
    const folder = path.join(this.folder, name);
    mkdirSync(folder);
    chmodSync(folder, 0o755);
    return folder;
  }

  /** Kills all processes of the sandbox with SIGKILL. */
  killAll(): void {
    endAll(this.folder);
  }

  #clear(): void {
    this.killAll();
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Reads the files of a run folder. */
export class RunFiles {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  get names(): string[] {
    return readdirSync(this.folder).sort();
  }

  read(name: string): string {
    return readFileSync(path.join(this.folder, name), 'utf8');
  }

  get result(): Result {
    return JSON.parse(this.read('result.json'));
  }

  /** Returns the criterion with this id. Fails if the result does not contain the criterion. */
  criterion(id: string): Result['criteria'][number] {
    const criterion = this.result.criteria.find((candidate) => candidate.id === id);
    assert.ok(criterion, `criterion ${id} exists`);
    return criterion;
  }

  get summary(): Summary {
    return JSON.parse(this.read('summary.json'));
  }

  /** Returns all telemetry windows that k6 has completely written to the file. */
  windows(): Window[] {
    if (!existsSync(path.join(this.folder, 'windows.ndjson'))) return [];
    return this.read('windows.ndjson')
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line));
  }

  /** Returns the number of requests in each telemetry window. */
  requestsByWindow(): number[] {
    return this.windows().map(({ series }) =>
      sum(series.map(({ metric, value = 0 }) => (metric === 'http_reqs' ? value : 0))),
    );
  }

  /** Process id of the k6 process of this run. */
  get k6Pid(): number {
    return this.#findK6('summary.json');
  }

  /** Returns the process id of k6 for one of several generators. */
  k6PidOf(generator: string): number {
    return this.#findK6(`summary.${generator}.json`);
  }

  #findK6(summary: string): number {
    const variable = `SUMMARY_FILE=${path.join(this.folder, summary)}\0`;
    const k6 = allProcesses().find(
      ({ command, environment }) => /(^|\/)k6[^/\0]*\0run\0/.test(command) && environment.includes(variable),
    );
    assert.ok(k6, 'k6 is running');
    return k6.pid;
  }
}

/** Calls `probe` until it returns a truthy value, and returns that value. */
export async function eventually<T>(
  description: string,
  probe: () => T | null | undefined | false | Promise<T | null | undefined | false>,
): Promise<T> {
  const end = Date.now() + EVENTUALLY_TIMEOUT_MS;
  while (Date.now() < end) {
    const value = await probe();
    if (value) return value;
    await sleep(POLL_MS);
  }
  throw new Error(`no ${description} within ${EVENTUALLY_TIMEOUT_MS / 1000} s`);
}

const STACK_TRACE = /^\s+at .*:\d+:\d+/m;

export function assertNoStack({ stderr, stdout }: Pick<CommandExit, 'stderr' | 'stdout'>): void {
  assert.doesNotMatch(stderr + stdout, STACK_TRACE);
}

/** Asserts that the command exited with this code, and printed each error message once, without a stack trace. */
export function assertRefused(exit: CommandExit, code: number, ...messages: (string | RegExp)[]): void {
  assert.equal(exit.code, code, exit.stderr);
  assert.equal(exit.stdout, '', 'standard output is empty');
  assertNoStack(exit);
  for (const message of messages) {
    if (typeof message === 'string') assert.ok(exit.stderr.includes(message), `"${message}" in: ${exit.stderr}`);
    else assert.match(exit.stderr, message);
  }
  const lines = exit.stderr.trim().split('\n');
  assert.equal(new Set(lines).size, lines.length, `no line is repeated:\n${exit.stderr}`);
}

/** Asserts the exit code and the verdict of a run. */
export function assertVerdict(exit: CommandExit, code: number, words: string): void {
  assert.equal(exit.code, code, `${exit.stderr}\n${exit.stdout}`);
  assert.match(exit.stdout, new RegExp(`^\\n?${words}  `), exit.stdout);
  assertNoStack(exit);
}

/** Returns how much a counter of the target grew between the first and the last sample. */
export function counterGrowth({ resources }: Result, name: string): number {
  const values = (resources.target?.columns[name] ?? []).filter((value) => value !== null);
  return (values.at(-1) ?? Number.NaN) - (values[0] ?? Number.NaN);
}
