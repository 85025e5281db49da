import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { cacheFolder, draftPrefix, removeDrafts } from '../cli/node/cache.mjs';
import { withLock } from '../cli/node/lock.mjs';
import { Problem } from '../cli/support/problem.ts';

/** A linter that is not an npm package. Another package manager, such as go or pip, installs the linter. */
export interface Linter {
  name: string;
  version: string;
  /** Path of the linter binary in the installation folder. */
  binary: string;
  /** The command-line option with which the linter prints its version. */
  versionFlag: string;
  /** Returns the command that installs the linter into a folder. */
  install: (folder: string) => { command: string; args: string[]; env?: NodeJS.ProcessEnv };
}

const ACTIONLINT = '1.7.12';
const ZIZMOR = '1.32.0';

export const LINTERS = {
  actionlint: {
    name: 'actionlint',
    version: ACTIONLINT,
    binary: 'actionlint',
    versionFlag: '-version',
    install: (folder) => ({
      command: 'go',
      args: ['install', `github.com/rhysd/actionlint/cmd/actionlint@v${ACTIONLINT}`],
      // Build without a C compiler, and ignore Go workspaces of the user.
      env: { GOBIN: folder, CGO_ENABLED: '0', GOWORK: 'off' },
    }),
  },
  zizmor: {
    name: 'zizmor',
    version: ZIZMOR,
    binary: path.join('bin', 'zizmor'),
    versionFlag: '--version',
    install: (folder) => ({
      command: 'python3',
      args: [
        ...['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'],
        ...['--retries', '1', '--no-deps', '--only-binary', ':all:', '--target', folder, `zizmor==${ZIZMOR}`],
      ],
    }),
  },
} as const satisfies Record<string, Linter>;

interface EnsureLinterOptions {
  env: NodeJS.ProcessEnv;
  log: (line: string) => void;
  /** Signal that aborts an installation in progress. */
  signal: AbortSignal;
}

/**
 * Returns the path of a linter binary. Installs the linter into the cache first if it is not in the cache.
 * @throws Problem LINTER_UNAVAILABLE, if the linter cannot be installed. The message is a phrase with the reason.
 */
export async function ensureLinter(linter: Linter, { env, log, signal }: EnsureLinterOptions): Promise<string> {
  const { name, version } = linter;
  const folder = path.join(cacheFolder(env), `${name}-${version}-${process.platform}-${process.arch}`);
  const binary = path.join(folder, linter.binary);
  if (existsSync(binary)) return binary;
  await withLock(
    `${folder}.lock`,
    () => log(`Waiting for another process that installs ${name} ${version} …`),
    async () => {
      if (existsSync(binary)) return;
      await removeDrafts(folder);
      const { command } = linter.install(folder);
      log(`Installing ${name} ${version} with ${command} (up to a minute, once) …`);
      await install(linter, folder, env, signal);
    },
  );
  return binary;
}

/** Installs a linter into a temporary folder, checks the version of the linter, and moves the folder into the cache. */
async function install(linter: Linter, folder: string, env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<void> {
  const draft = await mkdtemp(draftPrefix(folder));
  const run = async (command: string, args: string[], extraEnv: NodeJS.ProcessEnv = {}) =>
    (await promisify(execFile)(command, args, { env: { ...env, ...extraEnv }, signal })).stdout;
  try {
    const { command, args, env: extraEnv } = linter.install(draft);
    await run(command, args, extraEnv);
    const reportedVersion = await run(path.join(draft, linter.binary), [linter.versionFlag]);
    if (!reportedVersion.includes(linter.version))
      throw new Error(`it reports another version: ${reportedVersion.trim()}`);
    await rename(draft, folder);
  } catch (error) {
    signal.throwIfAborted();
    throw new Problem(failureReason(error as ExecError), 'LINTER_UNAVAILABLE');
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

type ExecError = Error & { code?: unknown; path?: string; stderr?: string };

function failureReason({ code, path: command, stderr, message }: ExecError): string {
  if (code === 'ENOENT') return `${command} is not installed`;
  return stderr?.trim().split('\n').at(-1) || message;
}
