import { readdir, readFile, readlink } from 'node:fs/promises';

const TABLES = ['/proc/net/tcp', '/proc/net/tcp6'];
const LISTENING = '0A';

/** Processes that listen on a TCP port of this machine, as far as this user may see: several may share a socket. */
export async function listenersOn(port: number): Promise<number[]> {
  const tables = await Promise.all(TABLES.map((file) => readFile(file, 'utf8').catch(() => '')));
  const links = new Set(tables.flatMap((table) => inodesOf(table, port)).map((inode) => `socket:[${inode}]`));
  if (links.size === 0) return [];
  const found: number[] = [];
  for (const name of await readdir('/proc'))
    if (/^\d+$/.test(name) && (await holdsOne(Number(name), links))) found.push(Number(name));
  return found;
}

/** Of the sockets in a table of the kernel that listen on the port. */
export function inodesOf(table: string, port: number): string[] {
  return table.split('\n').flatMap((line) => {
    const [, local = '', , state, , , , , , inode = ''] = line.trim().split(/\s+/);
    const isIt = state === LISTENING && Number.parseInt(local.split(':')[1] ?? '', 16) === port;
    return isIt ? [inode] : [];
  });
}

async function holdsOne(pid: number, links: ReadonlySet<string>): Promise<boolean> {
  const folder = `/proc/${pid}/fd`;
  // It has ended meanwhile, or belongs to another user.
  const files = await readdir(folder).catch(() => []);
  const targets = await Promise.all(files.map((file) => readlink(`${folder}/${file}`).catch(() => '')));
  return targets.some((target) => links.has(target));
}
