#!/usr/bin/env node
/**
 * Starts the suite, even from a fresh clone of the repository. `node cli/launch.mjs <command> [args…]` runs a command
 * of cli/main.ts. `node cli/launch.mjs --exec <script> [args…]` runs another script of the repository. The launcher
 * installs Node and npm dependencies if they are missing. It must run on Node 20, and must not import packages from
 * node_modules.
 */
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheFolder, cacheProblem } from './node/cache.mjs';
import { runScript } from './node/child.mjs';
import { ensureDependencies } from './node/dependencies.mjs';
import { Interrupted, LaunchError } from './node/launch-error.mjs';
import { ensureNode } from './node/runtime.mjs';

const CONFIGURATION_ERROR = 2;

async function launch(argv, env) {
  const root = dirname(dirname(fileURLToPath(import.meta.url)));
  const log = (line) => process.stderr.write(`${line}\n`);
  const { script, args } = parse(argv, root);
  const node = await ensureNode({ env, log });
  await ensureDependencies({ root, node, env, log });
  return runScript({ node, script, args, root, env });
}

function parse(argv, root) {
  const [first, name, ...args] = argv;
  if (first !== '--exec') return { script: join(root, 'cli', 'main.ts'), args: argv };
  if (!name) throw new LaunchError('--exec requires the path of a script: node cli/launch.mjs --exec <script> [args…]');
  const script = resolve(root, name);
  if (!existsSync(script)) throw new LaunchError(`The script ${name} does not exist in ${root}.`);
  return { script, args };
}

/**
 * Prints an error that the user can fix, and returns the exit code. Rethrows any other error, so that Node prints a
 * stack trace.
 */
function report(error) {
  if (error instanceof Interrupted) return error.exitCode;
  const message = error instanceof LaunchError ? error.message : cacheProblem(error, cacheFolder(process.env));
  if (!message) throw error;
  process.stderr.write(`${message}\n`);
  return CONFIGURATION_ERROR;
}

try {
  process.exitCode = await launch(process.argv.slice(2), process.env);
} catch (error) {
  process.exitCode = report(error);
}
