import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheFolder } from './cache.mjs';
import { withPathFirst } from './path.mjs';

/**
 * One Ctrl-C can reach this process twice: from the terminal, and again from npm, which forwards what it received.
 * Both come within milliseconds, a person's second Ctrl-C does not.
 */
const SAME_SIGNAL_MS = 250;
const PARENT_POLL_MS = 250;
const ONCE_EACH = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'];

/** Left to itself, V8 lets the young generation of a long run grow beyond 130 MB, nearly all of it garbage. */
const MAX_SEMI_SPACE_MB = 4;

/** Lets a signal through unless the same one passed less than `windowMs` before. */
export function createSignalFilter(windowMs = SAME_SIGNAL_MS) {
  const lastPassed = new Map();
  return (signal, nowMs) => {
    if (nowMs - (lastPassed.get(signal) ?? Number.NEGATIVE_INFINITY) < windowMs) return false;
    lastPassed.set(signal, nowMs);
    return true;
  };
}

/** The exit code a shell gives: the process's own, or 128 + the number of the signal that ended it. */
export function exitCodeOf(code, signal) {
  return code ?? 128 + constants.signals[signal];
}

/**
 * Runs a script of the repository and resolves with its exit code. The script leads a process group of its own, so
 * the terminal's signals reach it through here only, once each, and its children get none behind its back.
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
        // Spares stripping the types of every module anew: some 30 ms a start, more as the suite grows.
        NODE_COMPILE_CACHE: env.NODE_COMPILE_CACHE ?? join(cacheFolder(env), 'compiled'),
        INIT_CWD: env.INIT_CWD ?? process.cwd(),
      },
    },
  );
  if (ownGroup) passSignals(child, env.npm_lifecycle_event !== undefined);
  // On Windows the console delivers Ctrl-C to the script itself; it only must not end this process before it.
  else process.on('SIGINT', () => {});
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => resolve(exitCodeOf(code, signal)));
  });
}

function passSignals(child, underNpm) {
  const isNew = createSignalFilter();
  let told = false;
  const tell = (name) => {
    if (isNew(name, performance.now())) child.kill(name);
    told = true;
  };
  for (const name of ONCE_EACH) process.on(name, () => tell(name));
  process.on('SIGWINCH', () => child.kill('SIGWINCH'));
  process.on('SIGTSTP', () => {
    signalGroup(child.pid, 'SIGSTOP');
    process.kill(process.pid, 'SIGSTOP');
  });
  process.on('SIGCONT', () => signalGroup(child.pid, 'SIGCONT'));
  if (underNpm) onParentGone(() => told || tell('SIGTERM'));
}

/**
 * npm forwards SIGTERM to the shell it started, and a shell that dies of it (dash does) tells nobody: all that can
 * be seen is that the parent is another one.
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
