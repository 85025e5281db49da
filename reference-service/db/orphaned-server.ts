import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Problem } from '../problem.ts';

/**
 * Stops the PostgreSQL server that an earlier run left running on this data folder. Finds the server by the pid file in
 * the folder. Does nothing if the process id now belongs to another program.
 *
 * @throws Problem if the server cannot be stopped
 */
export async function stopOrphanedServer(dataFolder: string): Promise<void> {
  const pid = recordedPid(dataFolder);
  if (pid === undefined || !isServerOn(pid, dataFolder)) return;
  for (const [signal, timeoutMs] of [
    // Resume the process first, because a suspended process only handles SIGCONT and SIGKILL.
    ['SIGCONT', 0],
    ['SIGINT', 3000],
    ['SIGQUIT', 2000],
    ['SIGKILL', 2000],
  ] as const) {
    try {
      process.kill(pid, signal);
    } catch {
      // Ignore the error: the process has ended or belongs to another user. `isServerOn` distinguishes these cases.
    }
    for (let waited = 0; waited < timeoutMs; waited += 50) {
      if (!isServerOn(pid, dataFolder)) return;
      await delay(50);
    }
  }
  throw new Problem(
    `an earlier run left PostgreSQL running on ${dataFolder} (process ${pid}), and it can't be stopped: stop it by hand`,
  );
}

function recordedPid(dataFolder: string): number | undefined {
  try {
    const pid = Number(readFileSync(join(dataFolder, 'postmaster.pid'), 'utf8').split('\n')[0]);
    return Number.isInteger(pid) && pid > 1 ? pid : undefined;
  } catch {
    return undefined;
  }
}

function isServerOn(pid: number, dataFolder: string): boolean {
  const args = commandLine(pid);
  const flag = args.indexOf('-D');
  return /postgres$/.test(args[0] ?? '') && flag > 0 && args[flag + 1] === dataFolder;
}

/** Returns the command-line arguments of a running process; empty if the process does not exist or is a zombie. */
function commandLine(pid: number): string[] {
  try {
    if (process.platform === 'linux') return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
    return execFileSync('ps', ['-o', 'args=', '-p', String(pid)], { encoding: 'utf8' })
      .trim()
      .split(' ');
  } catch {
    return [];
  }
}
