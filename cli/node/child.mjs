import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheFolder } from './cache.mjs';
import { withPathFirst } from './path.mjs';

/**
 * The time within which two equal signals count as one. A single Ctrl-C can reach this process twice within
 * milliseconds: from the terminal, and from npm, which forwards signals. If the user presses Ctrl-C again, the signal
 * arrives later.
 */
const SAME_SIGNAL_MS = 250;
const PARENT_POLL_MS = 250;
const ONCE_EACH = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'];

/**
 * The limit for each semi-space of V8's heap. Without a limit, V8's young generation grows beyond 130 MB in a long run,
 * although nearly everything in it is garbage.
 */
const MAX_SEMI_SPACE_MB = 4;

/** Returns a function that accepts a signal unless the same signal was accepted less than `windowMs` before. */
export function createSignalFilter(windowMs = SAME_SIGNAL_MS) {
  const lastPassed = new Map();
  return (signal, nowMs) => {
    if (nowMs - (lastPassed.get(signal) ?? Number.NEGATIVE_INFINITY) < windowMs) return false;
    lastPassed.set(signal, nowMs);
    return true;
  };
}

/**
 * Returns the exit code that a shell would report: the code of the process, or 128 plus the number of the signal that
 * ended the process.
 */
export function exitCodeOf(code, signal) {
  return code ?? 128 + constants.signals[signal];
}

/**
 * Runs a script of the repository and resolves with its exit code. The script gets its own process group, so signals of
 * the terminal do not reach the script or its children directly. This process passes each signal to the script once.
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
        // Cache compiled modules, which saves about 30 ms per start.
        NODE_COMPILE_CACHE: env.NODE_COMPILE_CACHE ?? join(cacheFolder(env), 'compiled'),
        INIT_CWD: env.INIT_CWD ?? process.cwd(),
      },
    },
  );
  if (ownGroup) passSignals(child, env.npm_lifecycle_event !== undefined);
  // On Windows, the console sends Ctrl-C directly to the script. Ignore the signal here, so that this process outlives
  // the script.
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
 * Calls `react` when the parent process has ended. npm forwards SIGTERM only to the shell that it started. Some shells,
 * such as dash, end without forwarding the signal, so the launcher can only notice that its parent has ended.
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
