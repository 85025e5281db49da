import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from './cache.mjs';
import { LaunchError } from './launch-error.mjs';

/**
 * Why `installed` (npm's record of what is in node_modules) does not satisfy `wanted` (package-lock.json), as a
 * phrase for the user; null when it does. Both are parsed lockfiles, or null where the file is missing. A user may
 * leave out development packages (`npm ci --omit=dev`), optional ones, and workspaces (`--workspaces=false`).
 */
export function staleReason(wanted, installed, platform = process.platform, arch = process.arch) {
  if (!installed) return 'they are not installed yet';
  const locked = Object.entries(wanted.packages).filter(([path]) => path !== '');
  const present = installed.packages;
  const dev = hasDevelopmentPackages(wanted, installed);
  const linked = workspacesOf(wanted).filter(({ link }) => link in present);
  const omitted = (path) => {
    const { optional, devOptional, peer } = wanted.packages[path];
    return !(path in present) && Boolean(optional || devOptional || peer);
  };
  const needed = new Set(
    ['', ...linked.map(({ folder }) => folder)].flatMap((from) => [
      ...neededBy(wanted.packages, from, { dev, omitted }),
    ]),
  );
  for (const [path, entry] of locked) {
    const found = present[path];
    if (!found) {
      if (needed.has(path)) return `${path} is missing`;
      continue;
    }
    if (found.version !== entry.version || found.integrity !== entry.integrity) return `${path} has changed`;
    if (!allows(entry.os, platform) || !allows(entry.cpu, arch)) return `${path} is for another platform`;
  }
  const extra = Object.keys(present).find((path) => !(path in wanted.packages));
  return extra ? `${extra} is no longer wanted` : null;
}

/** Where development packages are omitted, all are missing, but for those that a user may add by hand as peers. */
function hasDevelopmentPackages({ packages }, installed) {
  const { devDependencies = {}, peerDependencies = {} } = packages[''] ?? {};
  return Object.keys(devDependencies).some((name) => {
    const place = `node_modules/${name}`;
    return packages[place]?.dev && !(name in peerDependencies) && place in installed.packages;
  });
}

/** Each workspace of a lockfile: its folder, and its link in node_modules. */
const workspacesOf = ({ packages }) =>
  Object.entries(packages).flatMap(([link, entry]) => (entry.link ? [{ link, folder: entry.resolved }] : []));

/**
 * The places in a lockfile of all packages that the package at `from` needs, directly or through others.
 * @param dev whether its own development packages count
 * @param omitted which places do not count, nor what only they need
 */
export function neededBy(packages, from, { dev = false, omitted = () => false } = {}, found = new Set()) {
  const { dependencies, optionalDependencies, devDependencies } = packages[from];
  const names = Object.keys({ ...dependencies, ...optionalDependencies, ...(dev && devDependencies) });
  for (const name of names) {
    const place = placeOf(packages, name, from);
    if (place === null || found.has(place) || omitted(place)) continue;
    found.add(place);
    neededBy(packages, place, { omitted }, found);
  }
  return found;
}

/** Where Node would find a package, looking from another one upwards. */
function placeOf(packages, name, from) {
  const place = `${from === '' ? '' : `${from}/`}node_modules/${name}`;
  if (packages[place]) return place;
  if (from === '') return null;
  return placeOf(packages, name, from.slice(0, Math.max(0, from.lastIndexOf('/node_modules'))));
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

function lockfilesOf(root) {
  const wanted = readLockfile(join(root, 'package-lock.json'));
  if (!wanted) {
    throw new LaunchError(
      `${join(root, 'package-lock.json')} is missing or not valid JSON. Restore it: git checkout package-lock.json`,
    );
  }
  return { wanted, installed: readLockfile(join(root, 'node_modules', '.package-lock.json')) };
}

/** Installs the repository's dependencies unless they are in place. */
export function ensureDependencies({ root, node, env, log }) {
  const reasonNow = () => {
    const { wanted, installed } = lockfilesOf(root);
    return staleReason(wanted, installed);
  };
  return installOnce({ root, env, log }, reasonNow, async (reason, { npmCi }) => {
    log(`Installing dependencies (${reason}) …`);
    await npmCi({ node, env, folder: root, purpose: 'the dependencies' });
  });
}

/** The workspaces that were left out of the installation; none where npm has left no record of it. */
export function missingWorkspaces(root) {
  const { wanted, installed } = lockfilesOf(root);
  return workspacesOf(wanted).flatMap(({ link, folder }) =>
    installed && !(link in installed.packages) ? [folder] : [],
  );
}

/** Adds the packages of workspaces that were left out of the installation, and removes none. */
export function ensureWorkspaces({ root, node, env, log }) {
  const missingNow = () => missingWorkspaces(root).join(', ') || null;
  return installOnce({ root, env, log }, missingNow, async (workspaces, { npmAdd }) => {
    log(`Installing the dependencies of ${workspaces} (they are not installed yet) …`);
    const { wanted, installed } = lockfilesOf(root);
    const dev = hasDevelopmentPackages(wanted, installed);
    await npmAdd({ node, env, folder: root, dev, purpose: `the dependencies of ${workspaces}` });
  });
}

/** Installs where `reasonNow` gives a reason; one process at a time, the others wait. */
async function installOnce({ root, env, log }, reasonNow, install) {
  if (!reasonNow()) return;
  const [{ withLock }, npm] = await Promise.all([import('./lock.mjs'), import('./npm.mjs')]);
  const id = createHash('sha256').update(root).digest('hex').slice(0, 16);
  await withLock(
    join(cacheFolder(env), `dependencies-${id}.lock`),
    () => log('Waiting for another process that installs the dependencies …'),
    async () => {
      const reason = reasonNow();
      if (reason) await install(reason, npm);
    },
  );
}
