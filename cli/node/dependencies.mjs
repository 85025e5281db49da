import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from './cache.mjs';
import { LaunchError } from './launch-error.mjs';

/**
 * Returns why the installed packages do not satisfy the lockfile, as a phrase for the user; null if they do. `wanted`
 * is the parsed package-lock.json. `installed` is npm's record of node_modules; null if the file is missing. A user may
 * omit development packages (`npm ci --omit=dev`), optional packages, and workspaces (`--workspaces=false`).
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

/**
 * Returns whether the user omitted development packages: all of them are missing, except peer dependencies, which the
 * user may have installed separately.
 */
function hasDevelopmentPackages({ packages }, installed) {
  const { devDependencies = {}, peerDependencies = {} } = packages[''] ?? {};
  return Object.keys(devDependencies).some((name) => {
    const place = `node_modules/${name}`;
    return packages[place]?.dev && !(name in peerDependencies) && place in installed.packages;
  });
}

/** Returns the folder of each workspace in a lockfile, and the link to the workspace in node_modules. */
const workspacesOf = ({ packages }) =>
  Object.entries(packages).flatMap(([link, entry]) => (entry.link ? [{ link, folder: entry.resolved }] : []));

/**
 * Returns the lockfile paths of all direct and transitive dependencies of the package at `from`.
 * @param dev whether to include the development dependencies of the package at `from`
 * @param omitted returns whether to exclude a path, together with the packages that only this path needs
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

/** Returns the lockfile path at which Node finds a package, searching upwards from the package that imports it. */
function placeOf(packages, name, from) {
  const place = `${from === '' ? '' : `${from}/`}node_modules/${name}`;
  if (packages[place]) return place;
  if (from === '') return null;
  return placeOf(packages, name, from.slice(0, Math.max(0, from.lastIndexOf('/node_modules'))));
}

/**
 * Returns whether npm's `os` or `cpu` field of a package allows a value. The field is a name, a list of names, or a
 * list of excluded names that begin with "!".
 */
function allows(field, value) {
  if (field === undefined) return true;
  const names = [field].flat();
  const excluded = names.includes(`!${value}`);
  return !excluded && (names.includes(value) || names.includes('any') || names.every((name) => name.startsWith('!')));
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

/** Installs the dependencies of the repository unless they are up to date. */
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

/** Returns the workspaces that the installation omitted; empty if npm left no record of the installation. */
export function missingWorkspaces(root) {
  const { wanted, installed } = lockfilesOf(root);
  return workspacesOf(wanted).flatMap(({ link, folder }) =>
    installed && !(link in installed.packages) ? [folder] : [],
  );
}

/** Installs the packages of workspaces that the last installation omitted. Does not remove any packages. */
export function ensureWorkspaces({ root, node, env, log }) {
  const missingNow = () => missingWorkspaces(root).join(', ') || null;
  return installOnce({ root, env, log }, missingNow, async (workspaces, { npmAdd }) => {
    log(`Installing the dependencies of ${workspaces} (they are not installed yet) …`);
    const { wanted, installed } = lockfilesOf(root);
    const dev = hasDevelopmentPackages(wanted, installed);
    await npmAdd({ node, env, folder: root, dev, purpose: `the dependencies of ${workspaces}` });
  });
}

/** Installs dependencies if `reasonNow` returns a reason. Only one process installs at a time; other processes wait. */
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
