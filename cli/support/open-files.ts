import { readFile } from 'node:fs/promises';

/**
 * Returns the hard limit on open files, because k6 raises its soft limit to the hard limit. Returns null if the limit
 * cannot be read.
 */
export async function openFileLimit(): Promise<number | null> {
  const limits = await readFile('/proc/self/limits', 'utf8').catch(() => '');
  const hard = /^Max open files\s+\S+\s+(\d+)/m.exec(limits)?.[1];
  return hard === undefined ? null : Number(hard);
}
