import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';

export interface ProcessSample {
  /** The CPU use since the last sample, as a share of all cores. */
  cpuShare: number | null;
  residentBytes: number | null;
}

/**
 * The number of clock ticks per second. /proc contains CPU times in clock ticks. The value is the same on all Linux
 * systems.
 */
export const TICKS_PER_S = 100;

/**
 * Samples CPU and memory of a process through /proc. On systems other than Linux, both values are null.
 * @returns a function that takes one sample
 */
export function processSampler(pid: number): () => Promise<ProcessSample> {
  let last: { cpuS: number; atMs: number } | null = null;
  return async () => {
    const now = performance.now();
    const [stat, status] = await Promise.all([readProc(pid, 'stat'), readProc(pid, 'status')]);
    if (stat === null || status === null) return { cpuShare: null, residentBytes: null };
    const cpuS = cpuSecondsOf(stat);
    const cpuShare =
      last && now > last.atMs ? (cpuS - last.cpuS) / ((now - last.atMs) / 1000) / availableParallelism() : null;
    last = { cpuS, atMs: now };
    return { cpuShare, residentBytes: residentBytesOf(status) };
  };
}

/**
 * Returns the CPU time of a process in ticks: user time plus system time, fields 14 and 15 of /proc/[pid]/stat. Skips
 * everything up to the last `)`, because the process name in parentheses may contain spaces.
 */
export function cpuSecondsOf(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_S;
}

function residentBytesOf(status: string): number | null {
  const kB = /^VmRSS:\s+(\d+) kB/m.exec(status)?.[1];
  return kB === undefined ? null : Number(kB) * 1024;
}

function readProc(pid: number, file: string): Promise<string | null> {
  return readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => null);
}
