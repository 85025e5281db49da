/**
 * The project's own check, `npm test`: types, lint and format, generated docs, workflows, then every test.
 *
 *     npm test                        all of it
 *     npm test -- judge integration   only the test files whose path holds one of these words, and nothing else
 *
 * Each step is printed before it runs, and the first that fails ends the check with its exit code. The last lines
 * are the summary of node's test runner.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { globSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { ensureK6 } from './k6/index.ts';
import { ensureLinter, LINTERS, LinterUnavailable } from './linters.ts';
import { exitCodeOf } from './node/child.mjs';
import { ROOT } from './paths.ts';
import { EXIT, Problem } from './problem.ts';
import { type Interruption, watchSignals } from './run/interruption.ts';

/** Where tests stand. They run one file after the other: those that put load on would disturb each other. */
const TEST_FILES = '{bench,cli,data,docs,lib,target,tests,integration}/**/*.test.ts';
const RUNNER = ['--test', '--test-concurrency=1', '--test-reporter=spec'];

const CHECKS: [command: string, ...args: string[]][] = [
  ['tsc', '-b', '.', 'docs'],
  ['biome', 'ci', '--error-on-warnings', '.'],
  ['node', 'docs/generate.ts', '--check'],
];

/** The same of the workflows, by linters that are no packages of npm. */
const WORKFLOW_CHECKS: [linter: keyof typeof LINTERS, ...args: string[]][] = [
  [
    'actionlint',
    // Found on some machines only, and the workflows hold too little shell to look at.
    '-shellcheck=',
    '-pyflakes=',
    '-config-file',
    '.github/actionlint.yaml',
    ...globSync('.github/workflows/*.yml', { cwd: ROOT }).sort(),
  ],
  ['zizmor', '--offline', '--no-progress', '--quiet', '--strict-collection', '.github'],
];

/** Reasons to leave a test out that a sound machine may have: rights that not everybody has. */
const FAIR_REASONS = [/^needs root$/, /^a small file system cannot be mounted here/];

export interface SkippedTest {
  name: string;
  reason: string;
}

/** What a line of node's spec reporter says of a test that was left out; null for any other line. */
export function skippedTest(line: string): SkippedTest | null {
  const match = /^\s*﹣ (.+?) \([\d.]+ms\)(?: # (.*))?$/.exec(line);
  if (!match?.[1]) return null;
  return { name: match[1], reason: match[2] === 'SKIP' ? '' : (match[2] ?? '') };
}

/** Whether a test was left out for want of rights, and not by somebody who meant to come back to it. */
export function isFairlySkipped({ reason }: SkippedTest): boolean {
  return FAIR_REASONS.some((fair) => fair.test(reason));
}

/** The test files whose path holds one of these words; all of them where there is none. */
export function matching(files: readonly string[], words: readonly string[]): string[] {
  return files.filter((file) => words.length === 0 || words.some((word) => file.includes(word)));
}

/** How the spec reporter begins its summary. */
const SUMMARY_BEGINS = 'ℹ tests ';

async function selfTest(words: string[], env: NodeJS.ProcessEnv): Promise<number> {
  using interruption = watchSignals();
  const files = matching(globSync(TEST_FILES, { cwd: ROOT }).sort(), words);
  if (files.length === 0)
    throw new Problem(`No test file has any of these in its path: ${words.join(', ')}.`);

  if (words.length === 0) {
    for (const [command, ...args] of CHECKS) await check(command, fileOf(command), args, env, interruption);
    for (const [name, ...args] of WORKFLOW_CHECKS) {
      const linter = await linterOf(name, env, interruption);
      if (linter) await check(name, linter, args, env, interruption);
    }
  }

  if (files.some((file) => file.startsWith('integration'))) {
    say('$ k6: found, or else downloaded or built');
    const k6 = await ensureK6({ env, log: say, signal: interruption.stop }).catch((error: unknown) => {
      throwIfInterrupted(interruption);
      throw error;
    });
    say(`k6 ${k6.version}, from ${k6.source}: ${k6.path}`);
  }

  say(`$ node ${[...RUNNER, ...(words.length === 0 ? [`'${TEST_FILES}'`] : files)].join(' ')}`);
  // Awaited here: signals have to be watched until the last test has ended.
  return await runTests(files, env, interruption);
}

/** @throws Problem with the exit code of a check that failed */
async function check(
  name: string,
  file: string,
  args: string[],
  env: NodeJS.ProcessEnv,
  interruption: Interruption,
): Promise<void> {
  say(`$ ${[name, ...args].join(' ')}`);
  const code = await ended(start(file, args, env, 'inherit'), interruption);
  throwIfInterrupted(interruption);
  if (code !== 0) throw new Problem(`The check ends here: ${name} failed with exit code ${code}.`, code);
}

/** Null where this machine has no way to get it, which is a reason to go on without, but not in CI. */
async function linterOf(
  name: keyof typeof LINTERS,
  env: NodeJS.ProcessEnv,
  interruption: Interruption,
): Promise<string | null> {
  try {
    return await ensureLinter(LINTERS[name], { env, log: say, signal: interruption.stop });
  } catch (error) {
    throwIfInterrupted(interruption);
    if (!(error instanceof LinterUnavailable)) throw error;
    const skipped = `${name} could not be installed: ${error.message}`;
    if (env.CI) throw new Problem(`The check ends here: ${skipped}.`);
    say(`Skipped: ${skipped}.`);
    return null;
  }
}

function throwIfInterrupted({ stop }: Interruption): void {
  if (stop.aborted) throw new Problem('Interrupted.', EXIT.interrupted);
}

/** Passes the reporter's lines on, and puts what was left out before the summary. */
async function runTests(
  files: string[],
  env: NodeJS.ProcessEnv,
  interruption: Interruption,
): Promise<number> {
  const child = start(process.execPath, [...RUNNER, ...files], env, 'pipe');
  const skipped: SkippedTest[] = [];
  let unfair: SkippedTest[] = [];
  const output = child.stdout && createInterface({ input: child.stdout });
  output?.on('line', (line) => {
    const one = skippedTest(line);
    if (one) skipped.push(one);
    if (line.startsWith(SUMMARY_BEGINS)) {
      unfair = env.CI ? skipped.filter((test) => !isFairlySkipped(test)) : [];
      for (const { name, reason } of skipped) say(`Skipped: ${name} (${reason || 'no reason given'})`);
      if (unfair.length > 0)
        say(`Failed: in CI these may not be skipped: ${unfair.map(({ name }) => name).join(', ')}`);
    }
    say(line);
  });
  const code = await ended(child, interruption);
  if (interruption.stop.aborted) return EXIT.interrupted;
  return code === 0 && unfair.length > 0 ? 1 : code;
}

/** Tools are those of node_modules, and `node` is the one that runs this. */
const fileOf = (command: string) =>
  command === 'node' ? process.execPath : path.join(ROOT, 'node_modules', '.bin', command);

/** Leads a process group: node's test runner leaves the process of a test file behind when it is ended. */
function start(
  file: string,
  args: string[],
  env: NodeJS.ProcessEnv,
  stdout: 'inherit' | 'pipe',
): ChildProcess {
  return spawn(file, args, { cwd: ROOT, env, stdio: ['ignore', stdout, 'inherit'], detached: true });
}

/** The exit code, once all of its output has come. A wish to stop is passed on, and so is a second one. */
function ended(child: ChildProcess, { stop, kill }: Interruption): Promise<number> {
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
    if (!(error instanceof Error)) throw error;
    const { exitCode } = error as { exitCode?: number };
    if (exitCode === undefined) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = exitCode;
  }
}
