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

/** Generous: a machine that is busy with other work must not fail a test. */
const PATIENCE_MS = 60_000;
const ORPHAN_PATIENCE_MS = 2000;
const POLL_MS = 50;

export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

export interface Options {
  env?: Record<string, string>;
  /** Checkout whose CLI is used. */
  root?: string;
  cwd?: string;
  /** Through `cli/launch.mjs`, as npm scripts do. */
  launcher?: boolean;
  /** Folder for results, instead of a new one. */
  results?: string;
  /** What runs a test, if not `run`. */
  command?: string[];
  /** With a channel to this process, which a target ends with. */
  channel?: boolean;
}

/** One running command line, and what it has said so far. */
export class Started {
  stdout = '';
  stderr = '';
  readonly pid: number;
  readonly ended: Promise<Ended>;
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
    this.ended = new Promise((resolve, reject) => {
      child.once('error', reject);
      const closed = new Promise((done) => child.once('close', done));
      child.once('exit', async (code, signal) => {
        // After a kill -9 an orphan may hold the pipes open, and a test has to see that.
        await Promise.race([closed, sleep(ORPHAN_PATIENCE_MS)]);
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

// Where the test runner itself is interrupted, sandboxes are cleared too.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));

/**
 * A place of its own for the runs of a test file: locks, database and results of nobody else. After every test
 * nothing of it may still run, and after the last it is removed.
 */
export class Sandbox {
  readonly folder = tempFolder();
  readonly data = dataFolder(this.subfolder('data'));
  readonly temp = this.subfolder('tmp');
  #results = '';
  #runs = 0;

  /** @param outlivesTests for what runs from the first test of a file to the last */
  constructor({ outlivesTests = false } = {}) {
    // Before its folder is removed, which takes that nothing uses it any more.
    process.prependOnceListener('exit', () => this.#clear());
    after(() => this.#clear());
    if (outlivesTests) return;
    afterEach(async () => {
      try {
        await this.assertNothingRuns();
      } finally {
        this.endAll();
      }
    });
  }

  /** Folder of the results of the last command. */
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

  /** Starts the command line with these arguments. */
  start(args: string[], { env = {}, root = ROOT, cwd = root, launcher = false }: Options = {}): Started {
    return this.spawn(
      process.execPath,
      [path.join(root, 'cli', launcher ? 'launch.mjs' : 'main.ts'), ...args],
      { env, cwd },
    );
  }

  spawn(command: string, args: string[], { env = {}, cwd = ROOT, channel = false }: Options = {}): Started {
    const stdio: StdioOptions = ['pipe', 'pipe', 'pipe', ...(channel ? ['ipc' as const] : [])];
    return new Started(spawn(command, args, { cwd, env: { ...this.env, ...env }, stdio }));
  }

  /** Runs a script by k6 itself, without the runner. */
  async k6(args: string[], options?: Options): Promise<Ended> {
    const k6 = await ensureK6({ env: process.env, log: () => {} });
    return this.spawn(k6.path, ['run', '--quiet', '--no-usage-report', ...args], options).ended;
  }

  /** Runs a command to its end. */
  command(args: string[], options?: Options): Promise<Ended> {
    return this.start(args, options).ended;
  }

  /** Starts `run <args>`, with results in a folder of its own. */
  startRun(args: string[], { command = ['run'], ...options }: Options = {}): Started {
    this.#results = options.results ?? this.subfolder(`results-${++this.#runs}`);
    return this.start([...command, ...args, '--results', this.#results], options);
  }

  /** Starts `run <args>` and waits for its end. */
  run(args: string[], options?: Options): Promise<Ended> {
    return this.startRun(args, options).ended;
  }

  /** The run that the last command left, if it left one. */
  get lastRun(): RunFiles | null {
    const folders = existsSync(this.#results)
      ? readdirSync(this.#results, { recursive: true, encoding: 'utf8' }).filter((one) =>
          /^[^/]+\/[^/]+\/[^/]+$/.test(one),
        )
      : [];
    assert.ok(folders.length <= 1, `one run, and not ${folders.join(', ')}`);
    return folders[0] ? new RunFiles(path.join(this.#results, folders[0])) : null;
  }

  /** The run of the last command, which has to be there. */
  get theRun(): RunFiles {
    assert.ok(this.lastRun, 'a folder of the run');
    return this.lastRun;
  }

  /** Waits until the run that was just started has closed some windows. */
  async windowsClosed(count: number, started: Started): Promise<RunFiles> {
    return eventually(`${count} windows`, () => {
      assert.ok(started.isRunning, `ended before it closed ${count} windows: ${started.stderr}`);
      const run = this.lastRun;
      return run && run.windows().length >= count && run;
    });
  }

  /** Processes that belong to the commands started here. */
  processes(): { pid: number; command: string }[] {
    return mentioning(this.folder);
  }

  /** @param patienceMs for what ends by itself a moment after the command has */
  async assertNothingRuns(patienceMs = 10_000): Promise<void> {
    const end = Date.now() + patienceMs;
    while (this.processes().length > 0 && Date.now() < end) await sleep(POLL_MS);
    assert.deepEqual(this.processes(), [], 'nothing is left running');
  }

  /** A new folder that every user can reach. */
  subfolder(name: string): string {
    const folder = path.join(this.folder, name);
    mkdirSync(folder);
    chmodSync(folder, 0o755);
    return folder;
  }

  /** kill -9 of everything at once. */
  endAll(): void {
    endAll(this.folder);
  }

  #clear(): void {
    this.endAll();
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** The files of one run. */
export class RunFiles {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  get names(): string[] {
    return readdirSync(this.folder).sort();
  }

  text(name: string): string {
    return readFileSync(path.join(this.folder, name), 'utf8');
  }

  get result(): Result {
    return JSON.parse(this.text('result.json'));
  }

  /** The criterion of the test with this id. */
  criterion(id: string): Result['criteria'][number] {
    const found = this.result.criteria.find((criterion) => criterion.id === id);
    assert.ok(found, `criterion ${id}`);
    return found;
  }

  get summary(): Summary {
    return JSON.parse(this.text('summary.json'));
  }

  /** The windows that are written in full. */
  windows(): Window[] {
    if (!existsSync(path.join(this.folder, 'windows.ndjson'))) return [];
    return this.text('windows.ndjson')
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line));
  }

  /** How many requests each of these windows counts. */
  requestsByWindow(): number[] {
    return this.windows().map(({ series }) =>
      sum(series.map(({ metric, value = 0 }) => (metric === 'http_reqs' ? value : 0))),
    );
  }

  /** The process of k6 that writes here. */
  get k6(): number {
    return this.#k6By('summary.json');
  }

  /** The same of one of several. */
  k6Of(generator: string): number {
    return this.#k6By(`summary.${generator}.json`);
  }

  #k6By(summary: string): number {
    const variable = `SUMMARY_FILE=${path.join(this.folder, summary)}\0`;
    const found = allProcesses().find(
      ({ command, environment }) => /(^|\/)k6[^/\0]*\0run\0/.test(command) && environment.includes(variable),
    );
    assert.ok(found, 'k6 is running');
    return found.pid;
  }
}

/** What `probe` gives once that is something. */
export async function eventually<T>(
  what: string,
  probe: () => T | null | undefined | false | Promise<T | null | undefined | false>,
): Promise<T> {
  const end = Date.now() + PATIENCE_MS;
  while (Date.now() < end) {
    const found = await probe();
    if (found) return found;
    await sleep(POLL_MS);
  }
  throw new Error(`no ${what} within ${PATIENCE_MS / 1000} s`);
}

const STACK = /^\s+at .*:\d+:\d+/m;

export function assertNoStack({ stderr, stdout }: Pick<Ended, 'stderr' | 'stdout'>): void {
  assert.doesNotMatch(stderr + stdout, STACK);
}

/** The command ended with this code, and said once what is wrong: nothing else, and no stack trace. */
export function assertRefused(ended: Ended, code: number, ...says: (string | RegExp)[]): void {
  assert.equal(ended.code, code, ended.stderr);
  assert.equal(ended.stdout, '', 'nothing on standard output');
  assertNoStack(ended);
  for (const part of says) {
    if (typeof part === 'string') assert.ok(ended.stderr.includes(part), `"${part}" in: ${ended.stderr}`);
    else assert.match(ended.stderr, part);
  }
  const lines = ended.stderr.trim().split('\n');
  assert.equal(new Set(lines).size, lines.length, `each line once:\n${ended.stderr}`);
}

/** The run came to its end with this code and this verdict. */
export function assertVerdict(ended: Ended, code: number, words: string): void {
  assert.equal(ended.code, code, `${ended.stderr}\n${ended.stdout}`);
  assert.match(ended.stdout, new RegExp(`^\\n?${words}  `), ended.stdout);
  assertNoStack(ended);
}

/** How much a counter of the target grew from its first sample to its last. */
export function growth({ resources }: Result, name: string): number {
  const values = (resources.target?.columns[name] ?? []).filter((value) => value !== null);
  return (values.at(-1) ?? Number.NaN) - (values[0] ?? Number.NaN);
}
