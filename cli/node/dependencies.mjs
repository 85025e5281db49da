import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from './cache.mjs';
import { LaunchError } from './launch-error.mjs';

/**
 * Why `installed` (npm's record of what is in node_modules) does not satisfy `wanted` (package-lock.json), as a
 * phrase for the user; null when it does. Both are parsed lockfiles, or null where the file is missing.
 */
export function staleReason(wanted, installed, platform = process.platform, arch = process.arch) {
  if (!installed) return 'they are not installed yet';
  const locked = Object.entries(wanted.packages).filter(([path]) => path !== '');
  const present = installed.packages;
  // `npm ci --omit=dev` is a choice of the user's, seen by all of them missing.
  const devOmitted = !locked.some(([path, entry]) => entry.dev && !entry.optional && path in present);
  for (const [path, entry] of locked) {
    const found = present[path];
    if (!found) {
      if (entry.optional || entry.devOptional || entry.peer || (entry.dev && devOmitted)) continue;
      return `${path} is missing`;
    }
    if (found.version !== entry.version || found.integrity !== entry.integrity) return `${path} has changed`;
    if (!allows(entry.os, platform) || !allows(entry.cpu, arch)) return `${path} is for another platform`;
  }
  const extra = Object.keys(present).find((path) => !(path in wanted.packages));
  return extra ? `${extra} is no longer wanted` : null;
}

/** npm's `os` and `cpu` fields: a name, a list, or exclusions marked with "!". */
function allows(field, value) {
  if (field === undefined) return true;
  const names = [field].flat();
  const excluded = names.includes(`!${value}`);
  return (
    !excluded &&
    (names.includes(value) || names.includes('any') || names.every((name) => name.startsWith('!')))
  );
}

function readLockfile(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT' || error instanceof SyntaxError) return null;
    throw error;
  }
}

function currentStaleReason(root) {
  const wanted = readLockfile(join(root, 'package-lock.json'));
  if (!wanted) {
    throw new LaunchError(
      `${join(root, 'package-lock.json')} is missing or not valid JSON. Restore it: git checkout package-lock.json`,
    );
  }
  return staleReason(wanted, readLockfile(join(root, 'node_modules', '.package-lock.json')));
}

/** Installs the repository's dependencies unless they are in place; one process at a time, the others wait. */
export async function ensureDependencies({ root, node, env, log }) {
  if (!currentStaleReason(root)) return;
  const [{ withLock }, { npmCi }] = await Promise.all([import('./lock.mjs'), import('./npm.mjs')]);
  const id = createHash('sha256').update(root).digest('hex').slice(0, 16);
  await withLock(
    join(cacheFolder(env), `dependencies-${id}.lock`),
    () => log('Waiting for another process that installs the dependencies …'),
    async () => {
      const reason = currentStaleReason(root);
      if (!reason) return;
      log(`Installing dependencies (${reason}) …`);
      await npmCi({ node, env, folder: root, purpose: 'the dependencies' });
    },
  );
}
