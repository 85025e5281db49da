import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 150;
const HEARTBEAT_MS = 5_000;
const SILENT_MS = 60_000;
/**
 * The time limit for writing the owner into a new lock file, and for removing an abandoned lock. Both normally take
 * microseconds, but the machine may be busy.
 */
const INSTANT_MS = 2_000;

/** Runs `work` while holding the lock file at `path`. Calls `onWait` once if another process holds the lock. */
export async function withLock(path, onWait, work) {
  let waited = false;
  for (;;) {
    const { release } = await tryLock(path);
    if (release) {
      try {
        return await work();
      } finally {
        await release();
      }
    }
    if (!waited) onWait();
    waited = true;
    await sleep(POLL_MS);
  }
}

/**
 * Acquires the lock file at `path` if it is free. Returns `release` if this process now holds the lock, or else
 * `holder`: the process that holds the lock, with its remarks. Replaces a lock whose process has ended or has not
 * refreshed the lock for a minute.
 */
export async function tryLock(path, remarks = {}) {
  await mkdir(dirname(path), { recursive: true });
  const owner = { pid: process.pid, born: await bornAt(process.pid), host: hostname(), id: randomUUID() };
  const token = JSON.stringify({ ...remarks, ...owner });
  while (!(await take(path, token))) {
    const found = await look(path);
    if (found === null) continue;
    const holder = parseOwner(found.content);
    if (await isAbandoned(holder, found.silentMs)) await breakLock(path, found.content);
    else if (holder) return { holder };
    else await sleep(POLL_MS);
  }
  const heartbeat = setInterval(() => {
    const now = new Date();
    utimes(path, now, now).catch(() => {});
  }, HEARTBEAT_MS);
  heartbeat.unref();
  return {
    async release() {
      clearInterval(heartbeat);
      if ((await look(path))?.content === token) await rm(path, { force: true });
    },
  };
}

/** Returns the process that holds the lock file at `path`; null if there is no lock file, or the process has ended. */
export async function lockHolder(path) {
  const found = await look(path);
  if (found === null) return null;
  const holder = parseOwner(found.content);
  return (await isAbandoned(holder, found.silentMs)) ? null : holder;
}

async function take(path, token) {
  try {
    await writeFile(path, token, { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

/**
 * Returns the content and age of the lock file; null if there is no file. Reads both through one file handle, so that
 * both belong to the same file even if another process replaces the file.
 */
async function look(path) {
  let file;
  try {
    file = await open(path);
    const content = await file.readFile('utf8');
    return { content, silentMs: Date.now() - (await file.stat()).mtimeMs };
  } catch (error) {
    if (error.code === 'ENOENT') return null;
    throw error;
  } finally {
    await file?.close();
  }
}

async function isAbandoned(holder, silentMs) {
  if (holder === null) return silentMs > INSTANT_MS;
  if (silentMs > SILENT_MS) return true;
  return holder.host === hostname() && !(await isAlive(holder));
}

/**
 * Parses the owner of a lock file. Returns null if the process that created the file has not written to it yet, or
 * ended before writing.
 */
function parseOwner(content) {
  try {
    const owner = JSON.parse(content);
    return Number.isInteger(owner?.pid) ? owner : null;
  } catch {
    return null;
  }
}

/** Returns whether a process is still running. Also compares the start time, because process IDs are reused. */
async function isAlive({ pid, born }) {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (error.code !== 'EPERM') return false;
  }
  const now = await bornAt(pid);
  return now === null || now === born;
}

/**
 * Returns the start time of a process, in ticks since boot: field 22 of /proc/<pid>/stat. Returns null if the file
 * cannot be read.
 */
async function bornAt(pid) {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  return stat === null ? null : Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]);
}

/**
 * Removes an abandoned lock. Only one process removes a lock at a time. Another process may have removed or acquired
 * the lock in the meantime, so the content is compared again before the file is deleted.
 */
async function breakLock(path, deadContent) {
  const guard = `${path}.breaking`;
  if (await take(guard, '')) {
    try {
      if ((await look(path))?.content === deadContent) await rm(path, { force: true });
    } finally {
      await rm(guard, { force: true });
    }
    return;
  }
  const breaking = await look(guard);
  if (breaking && breaking.silentMs > INSTANT_MS) await rm(guard, { force: true });
  else await sleep(POLL_MS);
}
