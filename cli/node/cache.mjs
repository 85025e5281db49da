import { readdir, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, dirname, isAbsolute, join } from 'node:path';

/**
 * Returns the cache folder, which contains everything that is installed once per machine: Node, k6, and their locks.
 * Ignores a relative XDG_CACHE_HOME, as the XDG specification requires.
 */
export function cacheFolder(env, platform = process.platform) {
  const local = platform === 'win32' ? env.LOCALAPPDATA : undefined;
  const base = [env.XDG_CACHE_HOME, local].find((path) => path && isAbsolute(path));
  return join(base ?? join(homedir(), '.cache'), 'load-suite');
}

/**
 * Returns a message with the cause of an error in the cache folder and what to do; null if the error is not about the
 * cache folder.
 */
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

/** Returns the prefix of draft folders. The content of `folder` is prepared in a draft folder. */
export const draftPrefix = (folder) => `${folder}.tmp-`;

/**
 * Removes all drafts of a folder. The caller must hold the lock of the folder. All drafts are then left from processes
 * that were killed.
 */
export async function removeDrafts(folder) {
  const parent = dirname(folder);
  for (const name of await readdir(parent)) {
    if (name.startsWith(basename(draftPrefix(folder)))) await rm(join(parent, name), { recursive: true, force: true });
  }
}
