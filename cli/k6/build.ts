import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Acquire } from './download.ts';
import { startProgress } from './progress.ts';
import { K6_VERSION } from './version.ts';

const MODULE_FOLDER = fileURLToPath(new URL('../../tools/k6', import.meta.url));
const TICK_MS = 1_000;
const TAIL_LINES = 4;

export interface BuildCommand {
  command: string;
  args: string[];
  cwd: string;
  env: NodeJS.ProcessEnv;
}

/** How k6 is built from the module of this repository, whose go.sum pins every source file. */
export function buildCommand(target: string, env: NodeJS.ProcessEnv): BuildCommand {
  return {
    command: 'go',
    args: ['build', '-trimpath', '-ldflags=-s -w', '-mod=readonly', '-o', target, 'go.k6.io/k6/v2'],
    cwd: MODULE_FOLDER,
    // As the official release: no C compiler needed, and no workspace of the user's may add its modules.
    env: { ...env, CGO_ENABLED: '0', GOWORK: 'off' },
  };
}

/** Builds k6 with Go, and returns the binary's path inside `draft`. Throws an Error: a phrase for the user. */
export async function buildK6({ platform, draft, env, output, signal }: Acquire): Promise<string> {
  const target = join(draft, platform.binary);
  const { command, args, ...options } = buildCommand(target, env);
  const title = `Building k6 ${K6_VERSION} with Go (about 2 min, once) …`;
  const startedAt = performance.now();
  const elapsedS = () => Math.round((performance.now() - startedAt) / 1000);
  const child = spawn(command, args, { ...options, signal, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-20_000);
    });
  }
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        new Error(error.code === 'ENOENT' ? 'Go is not installed (no "go" on PATH)' : `go: ${error.message}`),
      ),
    );
  });
  const progress = startProgress(output, title);
  const ticks = setInterval(() => progress.update(`${title} ${elapsedS()} s`), TICK_MS);
  try {
    await new Promise<void>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) =>
        code === 0 ? resolve() : reject(new Error(`go build failed: ${tail(said)}`)),
      );
    });
    progress.end(`Built k6 ${K6_VERSION} in ${elapsedS()} s.`);
  } catch (error) {
    progress.end();
    throw error;
  } finally {
    clearInterval(ticks);
  }
  return target;
}

/** Go's last lines, without the list of downloads that comes before a failure. */
function tail(said: string): string {
  const lines = said.split('\n').filter((line) => line.trim() && !line.startsWith('go: downloading'));
  return lines.slice(-TAIL_LINES).join(' | ') || 'it said nothing';
}
