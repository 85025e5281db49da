import { readFile } from 'node:fs/promises';

/** Files that a process may have open at the most, or null where that cannot be read. k6 raises its limit up to it. */
export async function openFileLimit(): Promise<number | null> {
  const limits = await readFile('/proc/self/limits', 'utf8').catch(() => '');
  const hard = /^Max open files\s+\S+\s+(\d+)/m.exec(limits)?.[1];
  return hard === undefined ? null : Number(hard);
}
