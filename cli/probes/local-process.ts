import { readdir, readFile, readlink } from 'node:fs/promises';
import type { VariableValue } from '../../lib/core/definition/index.ts';
import { PROCESS_COLUMNS } from '../../lib/core/evidence/index.ts';
import type { Probe } from './probe.ts';
import { type ProcessSample, processSampler } from './process.ts';

type WatchedProcess = VariableValue<'TARGET_PROCESS'>;

/** CPU and memory of a process of this machine, or of all that listen on a port, whoever that is at the time. */
export function localProcessProbe(watched: WatchedProcess): Probe {
  let samplers: (() => Promise<ProcessSample>)[] = [];

  const lookUp = async () => {
    const pids = 'pid' in watched ? [watched.pid] : await listenersOn(watched.port);
    samplers = pids.map(processSampler);
  };
  const sampleAll = () => Promise.all(samplers.map((sample) => sample()));
  const isThere = (samples: readonly ProcessSample[]) =>
    samples.length > 0 && samples.every(({ residentBytes }) => residentBytes !== null);

  return {
    async sample() {
      let samples = await sampleAll();
      if (!isThere(samples)) {
        await lookUp();
        samples = await sampleAll();
      }
      if (!isThere(samples)) throw new Error(missingProcessText(watched));
      return {
        [PROCESS_COLUMNS.cpuShare]: sumOf(samples, 'cpuShare'),
        [PROCESS_COLUMNS.residentBytes]: sumOf(samples, 'residentBytes'),
      };
    },
    close: async () => {},
  };
}

function missingProcessText(watched: WatchedProcess): string {
  if (process.platform !== 'linux') return 'processes can only be watched on Linux';
  return 'pid' in watched
    ? `there is no process ${watched.pid}`
    : `no process that this user may see listens on port ${watched.port}`;
}

/** Null where one of them is not known yet. */
function sumOf(samples: readonly ProcessSample[], column: keyof ProcessSample): number | null {
  return samples.reduce<number | null>((sum, sample) => {
    const value = sample[column];
    return sum === null || value === null ? null : sum + value;
  }, 0);
}

const SOCKET_TABLES = ['/proc/net/tcp', '/proc/net/tcp6'];
const LISTENING = '0A';

/** Processes that listen on a TCP port of this machine, as far as this user may see: several may share a socket. */
export async function listenersOn(port: number): Promise<number[]> {
  const tables = await Promise.all(SOCKET_TABLES.map((file) => readFile(file, 'utf8').catch(() => '')));
  const links = new Set(
    tables.flatMap((table) => listeningInodes(table, port)).map((inode) => `socket:[${inode}]`),
  );
  if (links.size === 0) return [];
  const found: number[] = [];
  for (const name of await readdir('/proc'))
    if (/^\d+$/.test(name) && (await hasOpenSocket(Number(name), links))) found.push(Number(name));
  return found;
}

/** Of the sockets in a table of the kernel that listen on the port. */
export function listeningInodes(table: string, port: number): string[] {
  return table.split('\n').flatMap((line) => {
    const [, local = '', , state, , , , , , inode = ''] = line.trim().split(/\s+/);
    const isIt = state === LISTENING && Number.parseInt(local.split(':')[1] ?? '', 16) === port;
    return isIt ? [inode] : [];
  });
}

async function hasOpenSocket(pid: number, links: ReadonlySet<string>): Promise<boolean> {
  const folder = `/proc/${pid}/fd`;
  // It has ended meanwhile, or belongs to another user.
  const files = await readdir(folder).catch(() => []);
  const targets = await Promise.all(files.map((file) => readlink(`${folder}/${file}`).catch(() => '')));
  return targets.some((target) => links.has(target));
}
