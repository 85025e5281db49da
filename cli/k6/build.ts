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

/** Returns the command that builds k6 from the Go module in tools/k6, whose go.sum pins all dependencies. */
export function buildCommand(target: string, env: NodeJS.ProcessEnv): BuildCommand {
  return {
    command: 'go',
    args: ['build', '-trimpath', '-ldflags=-s -w', '-mod=readonly', '-o', target, 'go.k6.io/k6/v2'],
    cwd: MODULE_FOLDER,
    // Disable cgo, as in the official release, and ignore a Go workspace of the user.
    env: { ...env, CGO_ENABLED: '0', GOWORK: 'off' },
  };
}

/**
 * Builds k6 with Go, and returns the path of the binary inside `draft`. @throws Error whose message states the reason
 * for the user
 */
export async function buildK6({ platform, draft, env, output, signal }: Acquire): Promise<string> {
  const target = join(draft, platform.binary);
  const { command, args, ...options } = buildCommand(target, env);
  const title = `Building k6 ${K6_VERSION} with Go (about 2 min, once) …`;
  const startedAt = performance.now();
  const elapsedS = () => Math.round((performance.now() - startedAt) / 1000);
  const child = spawn(command, args, { ...options, signal, stdio: ['ignore', 'pipe', 'pipe'] });
  let goOutput = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      goOutput = (goOutput + text).slice(-20_000);
    });
  }
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (error: NodeJS.ErrnoException) =>
      reject(new Error(error.code === 'ENOENT' ? 'Go is not installed (no "go" on PATH)' : `go: ${error.message}`)),
    );
  });
  const progress = startProgress(output, title);
  const ticks = setInterval(() => progress.update(`${title} ${elapsedS()} s`), TICK_MS);
  try {
    await new Promise<void>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => (code === 0 ? resolve() : reject(new Error(`go build failed: ${tail(goOutput)}`))));
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

/** Returns the last lines of Go's output, without the lines about downloads. */
function tail(output: string): string {
  const lines = output.split('\n').filter((line) => line.trim() && !line.startsWith('go: downloading'));
  return lines.slice(-TAIL_LINES).join(' | ') || 'Go printed nothing';
}
