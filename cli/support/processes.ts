import { existsSync, readdirSync, readFileSync } from 'node:fs';

export interface Process {
  pid: number;
  parent: number;
  /** The arguments of the process, each terminated by a NUL character. */
  command: string;
  environment: string;
}

/** Returns all running processes on Linux, without zombies; an empty list on other systems. */
export function allProcesses(): Process[] {
  if (!existsSync('/proc')) return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const read = (file: string) => readFileSync(`/proc/${name}/${file}`, 'utf8');
        const stat = read('stat');
        const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
        if (state === 'Z' || state === 'X') return [];
        return [
          {
            pid: Number(name),
            parent: Number(parent),
            command: read('cmdline'),
            environment: read('environ'),
          },
        ];
      } catch {
        // Skip a process that has ended or belongs to another user.
        return [];
      }
    });
}

/** Returns the processes whose arguments or environment contain the text, and all their descendants. */
export function mentioning(text: string): { pid: number; command: string }[] {
  const all = allProcesses().filter(({ pid }) => pid !== process.pid);
  const found = new Set(
    all
      .filter(({ command, environment }) => command.includes(text) || environment.includes(text))
      .map(({ pid }) => pid),
  );
  for (let previousSize = -1; previousSize !== found.size; ) {
    previousSize = found.size;
    for (const { pid, parent } of all) if (found.has(parent)) found.add(pid);
  }
  return all
    .filter(({ pid }) => found.has(pid))
    .map(({ pid, command }) => ({ pid, command: command.replaceAll('\0', ' ').trim() }));
}

/** Kills the given processes with SIGKILL. */
export function endAll(text: string): void {
  for (const { pid } of mentioning(text)) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // Ignore the error, because the process may have ended in the meantime.
    }
  }
}
