import { readdir, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, dirname, isAbsolute, join } from 'node:path';

/**
 * The folder of everything installed once per machine: Node, k6, and their locks.
 * A relative XDG_CACHE_HOME is ignored, as the XDG specification asks.
 */
export function cacheFolder(env, platform = process.platform) {
  const local = platform === 'win32' ? env.LOCALAPPDATA : undefined;
  const base = [env.XDG_CACHE_HOME, local].find((path) => path && isAbsolute(path));
  return join(base ?? join(homedir(), '.cache'), 'load-suite');
}

/** Why a cache folder could not be used, and what to do; null for an error that has nothing to do with it. */
export function cacheProblem(error, folder) {
  const causes = {
    EACCES: 'permission denied',
    EPERM: 'permission denied',
    EROFS: 'the file system is read-only',
    ENOTDIR: 'a part of the path is a file',
    EEXIST: 'a part of the path is a file',
    ENOSPC: 'the disk is full',
    EDQUOT: 'the disk quota is used up',
  };
  const touchesFolder = error?.path?.startsWith(folder) || folder.startsWith(error?.path ?? '\0');
  const cause = touchesFolder ? causes[error.code] : undefined;
  return cause
    ? `Cannot write to the cache folder ${folder}: ${cause}. Make it writable, or set XDG_CACHE_HOME to a folder that is.`
    : null;
}

/** What a draft of the folder is called, up to something of its own. */
export const draftPrefix = (folder) => `${folder}.tmp-`;

/** For the holder of a folder's lock alone: drafts of it that are there then belong to processes that were killed. */
export async function removeDrafts(folder) {
  const parent = dirname(folder);
  for (const name of await readdir(parent)) {
    if (name.startsWith(basename(draftPrefix(folder))))
      await rm(join(parent, name), { recursive: true, force: true });
  }
}
