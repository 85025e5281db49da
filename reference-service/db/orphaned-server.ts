import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Problem } from '../problem.ts';

/**
 * Ends a server that an earlier run left behind on this data folder, found by its pid file.
 * A process id that now belongs to something else is left alone.
 */
export async function stopOrphanedServer(data: string): Promise<void> {
  const pid = recordedPid(data);
  if (pid === undefined || !isServerOn(pid, data)) return;
  for (const [signal, patienceMs] of [
    // A stopped process handles no signal but this and SIGKILL.
    ['SIGCONT', 0],
    ['SIGINT', 3000],
    ['SIGQUIT', 2000],
    ['SIGKILL', 2000],
  ] as const) {
    try {
      process.kill(pid, signal);
    } catch {
      // Either gone, or another user's, which the check below tells.
    }
    for (let waited = 0; waited < patienceMs; waited += 50) {
      if (!isServerOn(pid, data)) return;
      await delay(50);
    }
  }
  throw new Problem(`a PostgreSQL left over on ${data} (process ${pid}) can't be stopped: stop it by hand`);
}

function recordedPid(data: string): number | undefined {
  try {
    const pid = Number(readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')[0]);
    return Number.isInteger(pid) && pid > 1 ? pid : undefined;
  } catch {
    return undefined;
  }
}

function isServerOn(pid: number, data: string): boolean {
  const args = commandLine(pid);
  const flag = args.indexOf('-D');
  return /postgres$/.test(args[0] ?? '') && flag > 0 && args[flag + 1] === data;
}

/** Arguments of a running process; empty when there is none, or it only waits to be collected. */
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
