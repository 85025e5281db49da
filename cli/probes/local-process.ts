import { readdir, readFile, readlink } from 'node:fs/promises';
import type { VariableValue } from '../../lib/core/definition/index.ts';
import { PROCESS_COLUMNS } from '../../lib/core/evidence/index.ts';
import type { Probe } from './probe.ts';
import { type ProcessSample, processSampler } from './process.ts';

type WatchedProcess = VariableValue<'TARGET_PROCESS'>;

/** Samples CPU and memory of a process on this machine, or of all processes that currently listen on a port. */
export function localProcessProbe(watched: WatchedProcess): Probe {
  let samplers: (() => Promise<ProcessSample>)[] = [];

  const lookUp = async () => {
    const pids = 'pid' in watched ? [watched.pid] : await listenersOn(watched.port);
    samplers = pids.map(processSampler);
  };
  const sampleAll = () => Promise.all(samplers.map((sample) => sample()));
  const areAlive = (samples: readonly ProcessSample[]) =>
    samples.length > 0 && samples.every(({ residentBytes }) => residentBytes !== null);

  return {
    async sample() {
      let samples = await sampleAll();
      if (!areAlive(samples)) {
        await lookUp();
        samples = await sampleAll();
      }
      if (!areAlive(samples)) throw new Error(missingProcessText(watched));
      return {
        [PROCESS_COLUMNS.cpuShare]: sumOf(samples, 'cpuShare'),
        [PROCESS_COLUMNS.residentBytes]: sumOf(samples, 'residentBytes'),
      };
    },
    close: async () => {},
  };
}

function missingProcessText(watched: WatchedProcess): string {
  if (process.platform !== 'linux') return 'processes can only be sampled on Linux';
  return 'pid' in watched
    ? `there is no process ${watched.pid}`
    : `no process visible to this user listens on port ${watched.port}`;
}

/** Returns the sum of the values; null if any value is null. */
function sumOf(samples: readonly ProcessSample[], column: keyof ProcessSample): number | null {
  return samples.reduce<number | null>((sum, sample) => {
    const value = sample[column];
    return sum === null || value === null ? null : sum + value;
  }, 0);
}

const SOCKET_TABLES = ['/proc/net/tcp', '/proc/net/tcp6'];
const LISTENING = '0A';

/**
 * Returns the IDs of all processes that listen on a TCP port and are visible to this user. Several processes can share
 * one socket.
 */
export async function listenersOn(port: number): Promise<number[]> {
  const tables = await Promise.all(SOCKET_TABLES.map((file) => readFile(file, 'utf8').catch(() => '')));
  const links = new Set(tables.flatMap((table) => listeningInodes(table, port)).map((inode) => `socket:[${inode}]`));
  if (links.size === 0) return [];
  const found: number[] = [];
  for (const name of await readdir('/proc'))
    if (/^\d+$/.test(name) && (await hasOpenSocket(Number(name), links))) found.push(Number(name));
  return found;
}

/** Reads a socket table of the kernel (/proc/net/tcp). Returns the inodes of the sockets that listen on the port. */
export function listeningInodes(table: string, port: number): string[] {
  return table.split('\n').flatMap((line) => {
    const [, local = '', , state, , , , , , inode = ''] = line.trim().split(/\s+/);
    const matches = state === LISTENING && Number.parseInt(local.split(':')[1] ?? '', 16) === port;
    return matches ? [inode] : [];
  });
}

async function hasOpenSocket(pid: number, links: ReadonlySet<string>): Promise<boolean> {
  const folder = `/proc/${pid}/fd`;
  // Skip a process that has ended or belongs to another user.
  const files = await readdir(folder).catch(() => []);
  const targets = await Promise.all(files.map((file) => readlink(`${folder}/${file}`).catch(() => '')));
  return targets.some((target) => links.has(target));
}
