import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { codeOf, Problem } from '../support/problem.ts';

const execute = promisify(execFile);

export interface GitOutput {
  code: number;
  stdout: string;
  /** Without what a person may have put into the URL of a remote. */
  stderr: string;
}

/** Nobody is there to answer a prompt, and no host takes longer than this. */
const GIT_TIMEOUT_MS = 120_000;

/** Where git is told of another repository than the one it is called in, as within a hook. */
const OTHER_PLACES = ['GIT_DIR', 'GIT_WORK_TREE', 'GIT_INDEX_FILE', 'GIT_OBJECT_DIRECTORY', 'GIT_COMMON_DIR'];

export class Git {
  readonly folder: string;
  readonly #env: NodeJS.ProcessEnv;

  constructor(folder: string, env: NodeJS.ProcessEnv) {
    this.folder = folder;
    const inherited = Object.entries(env).filter(([name]) => !OTHER_PLACES.includes(name));
    this.#env = { ...Object.fromEntries(inherited), GIT_TERMINAL_PROMPT: '0' };
  }

  /** @throws Problem where git cannot be started at all */
  async run(args: readonly string[], { input = '', env = {} }: Options = {}): Promise<GitOutput> {
    const running = execute('git', args, {
      cwd: this.folder,
      env: { ...this.#env, ...env },
      signal: AbortSignal.timeout(GIT_TIMEOUT_MS),
      maxBuffer: Number.POSITIVE_INFINITY,
    });
    // What ends without reading its input is told by its exit code.
    running.child.stdin?.on('error', () => {});
    running.child.stdin?.end(input);
    const { code, stdout, stderr } = await running.then(
      (output) => ({ code: 0, ...output }),
      (error: Error & GitOutput) => {
        if (typeof error.code === 'string') throw this.#notRun(args, error);
        return error;
      },
    );
    return { code: code ?? 1, stdout, stderr: withoutSecrets(stderr) };
  }

  #notRun([command]: readonly string[], error: Error): Error {
    if (error.name === 'AbortError')
      return new Problem(`git ${command} has not ended within ${GIT_TIMEOUT_MS / 1000} s in ${this.folder}.`);
    return codeOf(error) === 'ENOENT'
      ? new Problem(`Git cannot be started in ${this.folder}: is it installed, and is the folder there?`)
      : error;
  }

  /**
   * What a command that has to succeed says, without the last line break.
   * @throws Problem with git's own words
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
