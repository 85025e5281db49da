import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 150;
const HEARTBEAT_MS = 5_000;
const SILENT_MS = 60_000;

/**
 * Runs `work` while holding the lock file at `path`; `onWait` is called once if another process holds it.
 * A lock whose process is gone, or that gave no sign of life for a minute, is broken.
 */
export async function withLock(path, onWait, work) {
  await mkdir(dirname(path), { recursive: true });
  const token = JSON.stringify({ pid: process.pid, host: hostname(), id: randomUUID() });
  let waited = false;
  while (!(await take(path, token))) {
    const holder = await look(path);
    if (holder && isAbandoned(holder)) {
      await breakLock(path, holder.content);
      continue;
    }
    if (!waited) onWait();
    waited = true;
    await sleep(POLL_MS);
  }
  const heartbeat = setInterval(() => {
    const now = new Date();
    utimes(path, now, now).catch(() => {});
  }, HEARTBEAT_MS);
  heartbeat.unref();
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    if ((await look(path))?.content === token) await rm(path, { force: true });
  }
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

async function look(path) {
  try {
    const [content, { mtimeMs }] = await Promise.all([readFile(path, 'utf8'), stat(path)]);
    return { content, silentMs: Date.now() - mtimeMs };
  } catch (error) {
    if (error.code === 'ENOENT') return null;
    throw error;
  }
}

function isAbandoned({ content, silentMs }) {
  if (silentMs > SILENT_MS) return true;
  const owner = parseOwner(content);
  return owner !== null && owner.host === hostname() && !isAlive(owner.pid);
}

function parseOwner(content) {
  try {
    return JSON.parse(content);
  } catch {
    // Caught between the holder's creating the file and writing to it.
    return null;
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** Two waiters may find the same dead lock: the rename lets one of them have it, the check gives back a living one. */
async function breakLock(path, deadContent) {
  const aside = `${path}.${randomUUID()}`;
  try {
    await rename(path, aside);
  } catch (error) {
    if (error.code === 'ENOENT') return;
    throw error;
  }
  if ((await readFile(aside, 'utf8')) === deadContent) await rm(aside, { force: true });
  else await rename(aside, path);
}
