/**
 * Runs `npm test`, which checks types, lint, format, imports, wording, generated docs, links and workflows, and runs
 * all tests.
 *
 *     npm test                runs all checks and tests
 *     npm test -- judge e2e   runs only test files whose path contains "judge" or "e2e"
 *
 * Prints each step before it runs. If a check fails, the command stops and exits with the exit code of the check. The
 * last lines of the output are the totals of all tests.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { globSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { ensureK6 } from '../cli/k6/index.ts';
import { exitCodeOf } from '../cli/node/child.mjs';
import { type Interruption, watchSignals } from '../cli/run/interruption.ts';
import { ROOT } from '../cli/support/paths.ts';
import { EXIT, Problem } from '../cli/support/problem.ts';
import { ensureLinter, LINTERS } from './linters.ts';
import { warmUp } from './warm-up.ts';

const TEST_FILES = '{bench,cli,data,lib,reference-service,tests,tools,e2e}/**/*.test.ts';

/** Matches tests of pure code. These tests share no state, so all of them run in one process to save start-up time. */
const PURE_TESTS = /^lib\//;
/**
 * Matches tests that start the reference service through the command line: end-to-end tests, and the tests of products.
 */
const END_TO_END_TESTS = /^(e2e|tests)\//;
/**
 * Matches test files whose tests judge measurements. Each such file runs alone, because other load would affect the
 * measurements.
 */
const SEQUENTIAL_TESTS = /\.alone\.test\.ts$/;
/**
 * Maximum number of test files that run in parallel. May exceed the number of CPU cores, because most test files spend
 * their time waiting.
 */
const MAX_PARALLEL_FILES = Math.min(4, 2 * availableParallelism());

const CHECKS: [command: string, ...args: string[]][] = [
  ['tsc', '-b', '.'],
  ['biome', 'ci', '--error-on-warnings', '.'],
  ['node', 'tools/boundaries.ts'],
  ['node', 'tools/product-names.ts'],
  ['node', 'tools/wording.ts'],
  ['node', 'tools/docs/generate.ts', '--check'],
  ['node', 'tools/links.ts'],
];

/** Linters that check the GitHub workflows, with their arguments. These linters are not npm packages. */
const WORKFLOW_CHECKS: [linter: keyof typeof LINTERS, ...args: string[]][] = [
  [
    'actionlint',
    // Turn shellcheck off, because only some machines have it, and results must not depend on the machine.
    '-shellcheck=',
    '-pyflakes=',
    '-config-file',
    '.github/actionlint.yaml',
    ...globSync('.github/workflows/*.yml', { cwd: ROOT }).sort(),
  ],
  ['zizmor', '--offline', '--no-progress', '--quiet', '--strict-collection', '.github'],
];

/** The reasons for which CI may skip a test: only missing permissions. */
const VALID_SKIP_REASONS = [/^needs root$/, /^a small file system cannot be mounted here/];

export interface SkippedTest {
  name: string;
  reason: string;
}

/**
 * Returns the skipped test that a line of Node's spec reporter reports; null if the line does not report a skipped
 * test.
 */
export function parseSkippedTest(line: string): SkippedTest | null {
  const match = /^\s*﹣ (.+?) \([\d.]+ms\)(?: # (.*))?$/.exec(line);
  if (!match?.[1]) return null;
  return { name: match[1], reason: match[2] === 'SKIP' ? '' : (match[2] ?? '') };
}

/** Returns whether a test was skipped because of missing permissions. */
export function hasValidSkipReason({ reason }: SkippedTest): boolean {
  return VALID_SKIP_REASONS.some((fair) => fair.test(reason));
}

/** Test files that one run of Node's test runner executes, and the command-line option of this run. */
export interface TestBatch {
  files: string[];
  option: string;
}

export function batchesOf(files: readonly string[]): TestBatch[] {
  const kindOf = (file: string) =>
    PURE_TESTS.test(file) ? 'pure' : SEQUENTIAL_TESTS.test(file) ? 'alone' : 'together';
  const { pure = [], together = [], alone = [] } = Object.groupBy(files, kindOf);
  return [
    { files: pure, option: '--test-isolation=none' },
    { files: together, option: `--test-concurrency=${MAX_PARALLEL_FILES}` },
    { files: alone, option: '--test-concurrency=1' },
  ].filter((batch) => batch.files.length > 0);
}

/** Returns the test files whose path contains at least one of the words; all test files if there are no words. */
export function filesMatching(files: readonly string[], words: readonly string[]): string[] {
  return files.filter((file) => words.length === 0 || words.some((word) => file.includes(word)));
}

/** Matches a line of the summary of Node's spec reporter, which consists of a name and a number. */
const SUMMARY_COUNT = /^ℹ (tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) ([\d.]+)$/;

async function selfTest(words: string[], env: NodeJS.ProcessEnv): Promise<number> {
  using interruption = watchSignals();
  const files = filesMatching(globSync(TEST_FILES, { cwd: ROOT }).sort(), words);
  if (files.length === 0) throw new Problem(`No test file has a path that contains: ${words.join(', ')}.`);

  if (words.length === 0) {
    for (const [command, ...args] of CHECKS) {
      const code = await runCheck(command, fileOf(command), args, env, interruption);
      if (code !== 0) return code;
    }
    for (const [name, ...args] of WORKFLOW_CHECKS) {
      const linter = await installLinter(name, env, interruption);
      const code = linter ? await runCheck(name, linter, args, env, interruption) : 0;
      if (code !== 0) return code;
    }
  }

  if (files.some((file) => END_TO_END_TESTS.test(file))) {
    say('$ k6: finding, downloading or building it');
    const k6 = await unlessInterrupted(ensureK6({ env, log: say, signal: interruption.stop }), interruption);
    say(`k6 ${k6.version}, from ${k6.source}: ${k6.path}`);
    say('$ reference service: creating the data that tests copy');
    using warmFolder = await unlessInterrupted(warmUp(env, interruption.stop), interruption);
    return await runTests(batchesOf(files), warmFolder.env, interruption);
  }

  // Use `await`, so that signals are handled until the last test has ended.
  return await runTests(batchesOf(files), env, interruption);
}

/** Runs a check as a child process and returns its exit code. */
async function runCheck(
  name: string,
  file: string,
  args: string[],
  env: NodeJS.ProcessEnv,
  interruption: Interruption,
): Promise<number> {
  say(`$ ${[name, ...args].join(' ')}`);
  const code = await waitForExit(start(file, args, env, 'inherit'), interruption);
  throwIfInterrupted(interruption);
  if (code !== 0) process.stderr.write(`${name} failed with exit code ${code}, so the remaining checks did not run.\n`);
  return code;
}

/**
 * Installs a linter if needed and returns its path. If the installation fails, throws an error in CI, and otherwise
 * returns null.
 */
async function installLinter(
  name: keyof typeof LINTERS,
  env: NodeJS.ProcessEnv,
  interruption: Interruption,
): Promise<string | null> {
  try {
    return await ensureLinter(LINTERS[name], { env, log: say, signal: interruption.stop });
  } catch (error) {
    throwIfInterrupted(interruption);
    if (!(error instanceof Problem)) throw error;
    const reason = `${name} could not be installed: ${error.message}`;
    if (env.CI) throw new Problem(`${reason}. CI requires it.`);
    say(`Skipped: ${reason}.`);
    return null;
  }
}

async function unlessInterrupted<T>(work: Promise<T>, interruption: Interruption): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throwIfInterrupted(interruption);
    throw error;
  }
}

function throwIfInterrupted({ stop }: Interruption): void {
  if (stop.aborted) throw new Problem('Interrupted.', 'INTERRUPTED');
}

/** Runs all batches of tests one after another, then prints the skipped tests and the totals. */
async function runTests(
  batches: readonly TestBatch[],
  env: NodeJS.ProcessEnv,
  interruption: Interruption,
): Promise<number> {
  const skipped: SkippedTest[] = [];
  const counts = new Map<string, number>();
  let exitCode = 0;
  for (const batch of batches) {
    const code = await runBatch(batch, env, interruption, (line) => {
      const [, name, count] = SUMMARY_COUNT.exec(line) ?? [];
      if (name !== undefined) counts.set(name, (counts.get(name) ?? 0) + Number(count));
      else say(line);
      const skippedTest = parseSkippedTest(line);
      if (skippedTest) skipped.push(skippedTest);
    });
    if (interruption.stop.aborted) return EXIT.interrupted;
    exitCode ||= code;
  }
  for (const { name, reason } of skipped) say(`Skipped: ${name} (${reason || 'no reason given'})`);
  const wronglySkipped = env.CI ? skipped.filter((test) => !hasValidSkipReason(test)) : [];
  if (wronglySkipped.length > 0)
    say(`Failed: CI must not skip these tests: ${wronglySkipped.map(({ name }) => name).join(', ')}`);
  for (const [name, count] of counts) say(`ℹ ${name} ${count}`);
  return exitCode || (wronglySkipped.length > 0 ? 1 : 0);
}

async function runBatch(
  { files, option }: TestBatch,
  env: NodeJS.ProcessEnv,
  interruption: Interruption,
  onLine: (line: string) => void,
): Promise<number> {
  const runner = ['--test', option, '--test-reporter=spec'];
  say(`$ node ${runner.join(' ')} ${files.length === 1 ? files[0] : `<${files.length} files>`}`);
  const child = start(process.execPath, [...runner, ...files], env, 'pipe');
  if (child.stdout) createInterface({ input: child.stdout }).on('line', onLine);
  return await waitForExit(child, interruption);
}

/** Returns the path of a command: the Node binary that runs this process, or a tool in node_modules/.bin. */
const fileOf = (command: string) =>
  command === 'node' ? process.execPath : path.join(ROOT, 'node_modules', '.bin', command);

/**
 * Starts a command in a new process group. Signals to the group also reach the processes of test files, which Node's
 * test runner does not stop.
 */
function start(file: string, args: string[], env: NodeJS.ProcessEnv, stdout: 'inherit' | 'pipe'): ChildProcess {
  return spawn(file, args, { cwd: ROOT, env, stdio: ['ignore', stdout, 'inherit'], detached: true });
}

/**
 * Resolves with the exit code of a child process once all of its output has arrived. Forwards interruptions to the
 * process group.
 */
function waitForExit(child: ChildProcess, { stop, kill }: Interruption): Promise<number> {
  stop.addEventListener('abort', () => signalGroup(child, 'SIGTERM'), { once: true });
  kill.addEventListener('abort', () => signalGroup(child, 'SIGKILL'), { once: true });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve(exitCodeOf(code, signal)));
  });
}

function signalGroup({ pid, exitCode, signalCode }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid !== undefined && exitCode === null && signalCode === null) process.kill(-pid, signal);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

if (process.argv[1] === import.meta.filename) {
  try {
    process.exitCode = await selfTest(process.argv.slice(2), process.env);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = error.exitCode;
  }
}
