import { spawn } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { basename, delimiter, dirname, join } from 'node:path';
import { Interrupted, LaunchError } from './launch-error.mjs';
import { withPathFirst } from './path.mjs';

const SIGNALS = { SIGINT: 2, SIGTERM: 15, SIGHUP: 1 };
const SHOWN_LINES = 8;

/**
 * Returns the path of npm's script. Prefers the npm that runs this process, then npm on PATH, then npm beside the
 * running Node.
 */
function findNpm(env, execPath = process.execPath) {
  const onPath = (env.PATH ?? '')
    .split(delimiter)
    .flatMap((folder) => [join(folder, 'npm'), join(folder, 'node_modules', 'npm', 'bin', 'npm-cli.js')]);
  const beside = ['../lib/node_modules', '../share/nodejs', 'node_modules'].map((folder) =>
    join(dirname(execPath), folder, 'npm', 'bin', 'npm-cli.js'),
  );
  for (const candidate of [env.npm_execpath, ...onPath, ...beside]) {
    if (!candidate || !existsSync(candidate)) continue;
    const real = realpathSync(candidate);
    if (basename(real) === 'npm-cli.js') return real;
  }
  throw new LaunchError('npm was not found on PATH. Install Node 24, which includes npm, from https://nodejs.org.');
}

/** Runs `npm ci` in `folder`. Installs all kinds of dependencies, regardless of NODE_ENV and npm settings. */
export const npmCi = (options) => npm(['ci', '--include=dev', '--include=optional'], options);

/** Installs the packages of the workspaces in `folder`, and keeps the packages that are already installed. */
export const npmAdd = ({ dev, ...options }) =>
  npm(['install', '--no-save', '--workspaces', '--include=optional', dev ? '--include=dev' : '--omit=dev'], options);

/**
 * Runs npm in `folder` with the given Node. If npm fails, throws a LaunchError with the relevant lines of npm's output.
 */
async function npm([command, ...flags], { node, env, folder, purpose }) {
  const args = [findNpm(env), command, '--no-audit', '--no-fund', ...flags];
  const { code, output } = await run(node, args, {
    cwd: folder,
    env: withPathFirst(env, dirname(node)),
  });
  if (code === 0) return;
  throw new LaunchError(
    `Could not install ${purpose}: npm ${command} in ${folder} failed (exit code ${code}).\n  ${gist(output)}\n` +
      'Check the network or the npm registry settings (npm config get registry), then run the same command again.',
  );
}

/** Returns the error lines of npm's output; if there are none, the last lines of the output. */
function gist(output) {
  const lines = output.trim().split('\n');
  const errors = lines.filter((line) => /^npm (error|ERR!) +(?!at )\S/.test(line));
  return (errors.length > 0 ? errors.slice(0, SHOWN_LINES) : lines.slice(-SHOWN_LINES)).join('\n  ');
}

function run(command, args, options) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    const chunks = [];
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => chunks.push(chunk));
    let interrupted = null;
    const stop = (signal) => {
      interrupted = signal;
      child.kill('SIGTERM');
    };
    for (const signal of Object.keys(SIGNALS)) process.on(signal, stop);
    child.on('error', reject);
    child.on('close', (code) => {
      for (const signal of Object.keys(SIGNALS)) process.off(signal, stop);
      if (interrupted) reject(new Interrupted(128 + SIGNALS[interrupted]));
      else resolve({ code, output: Buffer.concat(chunks).toString() });
    });
  });
}
