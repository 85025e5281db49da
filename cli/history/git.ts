import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { codeOf, Problem } from '../support/problem.ts';

const execute = promisify(execFile);

export interface GitOutput {
  code: number;
  stdout: string;
  /** Git's error output, without the credentials that the URL of a remote may contain. */
  stderr: string;
}

const GIT_TIMEOUT_MS = 120_000;

/**
 * Environment variables that make git use another repository. Git itself sets these variables for hooks, for example.
 */
const REPOSITORY_VARIABLES = ['GIT_DIR', 'GIT_WORK_TREE', 'GIT_INDEX_FILE', 'GIT_OBJECT_DIRECTORY', 'GIT_COMMON_DIR'];

export class Git {
  readonly folder: string;
  readonly #env: NodeJS.ProcessEnv;

  constructor(folder: string, env: NodeJS.ProcessEnv) {
    this.folder = folder;
    const inherited = Object.entries(env).filter(([name]) => !REPOSITORY_VARIABLES.includes(name));
    this.#env = { ...Object.fromEntries(inherited), GIT_TERMINAL_PROMPT: '0' };
  }

  /**
   * Runs a git command and returns its exit code and output. @throws Problem if git cannot be started or does not
   * finish in time
   */
  async run(args: readonly string[], { input = '', env = {} }: Options = {}): Promise<GitOutput> {
    const running = execute('git', args, {
      cwd: this.folder,
      env: { ...this.#env, ...env },
      signal: AbortSignal.timeout(GIT_TIMEOUT_MS),
      maxBuffer: Number.POSITIVE_INFINITY,
    });
    // Ignore write errors: if git exits without reading its input, its exit code reports the problem.
    running.child.stdin?.on('error', () => {});
    running.child.stdin?.end(input);
    const { code, stdout, stderr } = await running.then(
      (output) => ({ code: 0, ...output }),
      (error: Error & GitOutput) => {
        if (typeof error.code === 'string') throw this.#startError(args, error);
        return error;
      },
    );
    return { code: code ?? 1, stdout, stderr: withoutSecrets(stderr) };
  }

  #startError([command]: readonly string[], error: Error): Error {
    if (error.name === 'AbortError')
      return new Problem(`git ${command} did not finish within ${GIT_TIMEOUT_MS / 1000} s in ${this.folder}.`);
    return codeOf(error) === 'ENOENT'
      ? new Problem(`Git cannot be started in ${this.folder}. Check that git is installed and that the folder exists.`)
      : error;
  }

  /**
   * Runs a git command that must succeed, and returns its output without the final line break.
   * @throws Problem with the error output of git
   */
  async output(args: readonly string[], options?: Options): Promise<string> {
    const { code, stdout, stderr } = await this.run(args, options);
    if (code !== 0) throw new Problem(`git ${args[0]} failed in ${this.folder}: ${stderr.trim()}`);
    return stdout.replace(/\n$/, '');
  }
}

interface Options {
  input?: string;
  env?: NodeJS.ProcessEnv;
}

const withoutSecrets = (text: string): string => text.replace(/(:\/\/)[^/@\s]+@/g, '$1');
