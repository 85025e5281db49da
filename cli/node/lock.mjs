import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 150;
const HEARTBEAT_MS = 5_000;
const SILENT_MS = 60_000;
/** For what takes microseconds, on a machine that is busy: to sign a lock that was created, to break a dead one. */
const INSTANT_MS = 2_000;

/**
 * Runs `work` while holding the lock file at `path`; `onWait` is called once if another process holds it.
 */
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
 * Takes the lock file at `path` if nobody holds it; `remarks` are for whom it is refused to. A lock whose process
 * is gone, or that gave no sign of life for a minute, is broken.
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

/** Who holds the lock file at `path`; null where nobody does who is still there. */
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

/** Content and age are of the same file, also where another takes its place meanwhile. */
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

/** Null where nobody has signed: the holder is between creating the file and writing to it, or was ended there. */
function parseOwner(content) {
  try {
    const owner = JSON.parse(content);
    return Number.isInteger(owner?.pid) ? owner : null;
  } catch {
    return null;
  }
}

/** A process id is given anew once its process is gone: the same process was also born at the same time. */
async function isAlive({ pid, born }) {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (error.code !== 'EPERM') return false;
  }
  const now = await bornAt(pid);
  return now === null || now === born;
}

/** When a process started, in ticks since the machine did: the 22nd field, counted behind the name. Null if not told. */
async function bornAt(pid) {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  return stat === null ? null : Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]);
}

/**
 * One at a time: between finding a lock dead and removing it, another may have broken it, and a third have taken it.
 * Whoever may break finds the same dead lock still there, or leaves what is there alone.
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
