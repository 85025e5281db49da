/** For tests: repositories that are there for one of them. */
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { temporaryFolder } from '../testing.ts';

/** Nothing of whoever runs the tests gets into what they do with git. */
export const GIT_ENV = {
  PATH: process.env.PATH,
  HOME: '/nonexistent',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'somebody',
  GIT_AUTHOR_EMAIL: 'somebody@example.com',
  GIT_COMMITTER_NAME: 'somebody',
  GIT_COMMITTER_EMAIL: 'somebody@example.com',
};

export const git = (folder: string, ...args: string[]): string =>
  execFileSync('git', args, { cwd: folder, env: GIT_ENV, encoding: 'utf8', stdio: 'pipe' }).trimEnd();

/** A repository with one commit on `main`, without a remote. */
export function repository(t: TestContext): string {
  const folder = temporaryFolder(t);
  git(folder, 'init', '--quiet', '--initial-branch=main');
  git(folder, 'commit', '--quiet', '--allow-empty', '--message=first');
  return folder;
}

/** A bare repository, and so many clones of it. */
export function remoteWithClones(t: TestContext, count: number): { remote: string; clones: string[] } {
  const folder = temporaryFolder(t);
  const remote = path.join(folder, 'remote.git');
  mkdirSync(remote);
  git(remote, 'init', '--quiet', '--bare', '--initial-branch=main');
  const clones = Array.from({ length: count }, (_, i) => {
    const clone = path.join(folder, `clone-${i}`);
    git(folder, 'clone', '--quiet', remote, clone);
    if (i === 0) {
      git(clone, 'commit', '--quiet', '--allow-empty', '--message=first');
      git(clone, 'push', '--quiet', 'origin', 'HEAD:main');
    }
    return clone;
  });
  return { remote, clones };
}
