import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheFolder } from './cache.mjs';
import { withPathFirst } from './path.mjs';

/**
 * One Ctrl-C can reach this process twice: from the terminal, and from npm, which forwards signals. Both arrive within
 * milliseconds of each other; a second Ctrl-C of the user arrives later.
 */
const SAME_SIGNAL_MS = 250;
const PARENT_POLL_MS = 250;
const ONCE_EACH = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'];

/** Without a limit, V8 lets the young generation of a long run grow beyond 130 MB, which is nearly all garbage. */
const MAX_SEMI_SPACE_MB = 4;

/** Accepts a signal unless the same signal was accepted less than `windowMs` before. */
export function createSignalFilter(windowMs = SAME_SIGNAL_MS) {
  const lastPassed = new Map();
  return (signal, nowMs) => {
    if (nowMs - (lastPassed.get(signal) ?? Number.NEGATIVE_INFINITY) < windowMs) return false;
    lastPassed.set(signal, nowMs);
    return true;
  };
}

/** The exit code as a shell reports it: the code of the process, or 128 + the number of the signal that ended it. */
export function exitCodeOf(code, signal) {
  return code ?? 128 + constants.signals[signal];
}

/**
 * Runs a script of the repository and resolves with its exit code. The script leads its own process group: signals of
 * the terminal reach it only through this process, once each, and never reach its children directly.
 */
export function runScript({ node, script, args, root, env }) {
  const ownGroup = process.platform !== 'win32';
  const preload = fileURLToPath(new URL('./orphan.cjs', import.meta.url));
  const child = spawn(
    node,
    [
      '--disable-warning=ExperimentalWarning',
      `--max-semi-space-size=${MAX_SEMI_SPACE_MB}`,
      '--require',
      preload,
      script,
      ...args,
    ],
    {
      cwd: root,
      detached: ownGroup,
      stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
      env: {
        ...withPathFirst(env, dirname(node)),
        LOAD_SUITE_LAUNCHED: '1',
        // Caches modules with their types stripped, which saves about 30 ms per start.
        NODE_COMPILE_CACHE: env.NODE_COMPILE_CACHE ?? join(cacheFolder(env), 'compiled'),
        INIT_CWD: env.INIT_CWD ?? process.cwd(),
      },
    },
  );
  if (ownGroup) passSignals(child, env.npm_lifecycle_event !== undefined);
  // On Windows, the console sends Ctrl-C directly to the script. This process only has to outlive the script.
  else process.on('SIGINT', () => {});
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => resolve(exitCodeOf(code, signal)));
  });
}

function passSignals(child, underNpm) {
  const isNew = createSignalFilter();
  let forwarded = false;
  const forward = (name) => {
    if (isNew(name, performance.now())) child.kill(name);
    forwarded = true;
  };
  for (const name of ONCE_EACH) process.on(name, () => forward(name));
  process.on('SIGWINCH', () => child.kill('SIGWINCH'));
  process.on('SIGTSTP', () => {
    signalGroup(child.pid, 'SIGSTOP');
    process.kill(process.pid, 'SIGSTOP');
  });
  process.on('SIGCONT', () => signalGroup(child.pid, 'SIGCONT'));
  if (underNpm) onParentGone(() => forwarded || forward('SIGTERM'));
}

/**
 * npm forwards SIGTERM to the shell that it started. Some shells (dash) end without forwarding it, so the only sign is
 * that the parent process changes.
 */
function onParentGone(react) {
  const parent = process.ppid;
  const poll = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(poll);
    react();
  }, PARENT_POLL_MS);
  poll.unref();
}

function signalGroup(leader, signal) {
  try {
    process.kill(-leader, signal);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}
