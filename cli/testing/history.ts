/** For tests: temporary git repositories. */
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import type { HistoryRecord } from '../../lib/core/across-runs/index.ts';
import { nightlyRecord } from '../../lib/core/testing/history.ts';
import { DEFAULT_BRANCH, HistoryStore } from '../history/history-store.ts';
import { temporaryFolder } from './environment.ts';

/** The environment for git in tests, in which git ignores the configuration of the user. */
export const GIT_ENV = {
  PATH: process.env.PATH,
  HOME: '/nonexistent',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'tester',
  GIT_AUTHOR_EMAIL: 'tester@example.com',
  GIT_COMMITTER_NAME: 'tester',
  GIT_COMMITTER_EMAIL: 'tester@example.com',
};

export const git = (folder: string, ...args: string[]): string =>
  execFileSync('git', args, { cwd: folder, env: GIT_ENV, encoding: 'utf8', stdio: 'pipe' }).trimEnd();

/** Creates a repository with one commit on `main` and no remote. */
export function repository(t: TestContext): string {
  const folder = temporaryFolder(t);
  git(folder, 'init', '--quiet', '--initial-branch=main');
  git(folder, 'commit', '--quiet', '--allow-empty', '--message=first');
  return folder;
}

/** Creates a bare repository and the given number of clones. */
export function remoteWithClones(folder: string, count: number): { remote: string; clones: string[] } {
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

const idsOf = (records: readonly HistoryRecord[]) => records.map(({ run }) => run.id).sort();

/**
 * The number of races after which the history branch is deleted. In the next race, both clones try to create the
 * branch.
 */
const RACES_A_BRANCH = 10;

/**
 * Runs repeated races: in each attempt, two clones append one record each at the same time.
 * @returns the number of attempts after which each record was stored exactly once, in one commit, and both clones
 *   read all records
 */
export async function racesKept(folder: string, tries: number): Promise<number> {
  const { remote, clones } = remoteWithClones(folder, 2);
  const stores = await Promise.all(clones.map((clone) => HistoryStore.open(clone, DEFAULT_BRANCH, GIT_ENV)));
  let kept = 0;
  for (let i = 0; i < tries; i++) {
    const turn = i % RACES_A_BRANCH;
    if (i > 0 && turn === 0) git(remote, 'update-ref', '-d', `refs/heads/${DEFAULT_BRANCH}`);
    const nights = [nightlyRecord(2 * turn + 1), nightlyRecord(2 * turn + 2)];
    const added = await Promise.all(stores.map((store, k) => store.append(nights.slice(k, k + 1))));
    const commits = git(remote, 'rev-list', '--count', DEFAULT_BRANCH);
    const read = await Promise.all(stores.map((store) => store.read()));
    const expected = Array.from({ length: 2 * (turn + 1) }, (_, night) => nightlyRecord(night + 1));
    const isKept =
      isDeepStrictEqual(idsOf(added.flat()), idsOf(nights)) &&
      Number(commits) === expected.length &&
      read.every(({ records }) => isDeepStrictEqual(idsOf(records), idsOf(expected)));
    if (isKept) kept++;
  }
  return kept;
}
