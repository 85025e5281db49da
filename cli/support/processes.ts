import { existsSync, readdirSync, readFileSync } from 'node:fs';

export interface Process {
  pid: number;
  parent: number;
  /** Arguments, each ended by a zero. */
  command: string;
  environment: string;
}

/** Every process that runs, on Linux; one that only waits to be collected does not. */
export function everything(): Process[] {
  if (!existsSync('/proc')) return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const read = (file: string) => readFileSync(`/proc/${name}/${file}`, 'utf8');
        const stat = read('stat');
        const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
        if (state === 'Z' || state === 'X') return [];
        const own = { pid: Number(name), parent: Number(parent) };
        return [{ ...own, command: read('cmdline'), environment: read('environ') }];
      } catch {
        // It has ended, or belongs to somebody else.
        return [];
      }
    });
}

/** Processes with this text among their arguments or in their environment, and what those started. */
export function mentioning(text: string): { pid: number; command: string }[] {
  const all = everything().filter(({ pid }) => pid !== process.pid);
  const found = new Set(
    all
      .filter(({ command, environment }) => command.includes(text) || environment.includes(text))
      .map(({ pid }) => pid),
  );
  for (let grown = -1; grown !== found.size; ) {
    grown = found.size;
    for (const { pid, parent } of all) if (found.has(parent)) found.add(pid);
  }
  return all
    .filter(({ pid }) => found.has(pid))
    .map(({ pid, command }) => ({ pid, command: command.replaceAll('\0', ' ').trim() }));
}

/** kill -9 of all of them at once. */
export function endAll(mentioned: string): void {
  for (const { pid } of mentioning(mentioned)) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended meanwhile.
    }
  }
}
