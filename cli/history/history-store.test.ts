import assert from 'node:assert/strict';
import { appendFileSync, chmodSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import type { HistoryRecord } from '../../lib/core/across-runs/index.ts';
import { nightlyRecord } from '../../lib/core/testing/history.ts';
import { temporaryFolder } from '../testing/environment.ts';
import { GIT_ENV, git, racesKept, remoteWithClones, repository } from '../testing/history.ts';
import { problem } from '../testing/problem.ts';
import { DEFAULT_BRANCH, HistoryStore } from './history-store.ts';

const open = (folder: string, env: NodeJS.ProcessEnv = {}) =>
  HistoryStore.open(folder, DEFAULT_BRANCH, { ...GIT_ENV, ...env });

const idsOf = (records: readonly HistoryRecord[]) => records.map(({ run }) => run.id);
const idsIn = async (folder: string) => idsOf((await (await open(folder)).read()).records);

/** Returns everything in a repository that git commands show to the user, except the history branch. */
const stateOf = (folder: string) => ({
  status: git(folder, 'status', '--porcelain', '--branch'),
  head: git(folder, 'symbolic-ref', 'HEAD'),
  index: git(folder, 'ls-files', '--stage'),
  files: readdirSync(folder).sort(),
  refs: git(folder, 'for-each-ref')
    .split('\n')
    .filter((line) => !line.includes(DEFAULT_BRANCH)),
  stash: git(folder, 'stash', 'list'),
});

describe('a history without a remote', () => {
  test('HistoryStore stores records by month on a separate branch, and reads them unchanged', async (t) => {
    const folder = repository(t);
    const store = await open(folder);
    assert.deepEqual((await store.read()).records, []);
    const [november, december] = [nightlyRecord(1), nightlyRecord(31)];
    assert.deepEqual(idsOf(await store.append([november])), idsOf([november]));
    await store.append([december, nightlyRecord(2)]);
    assert.deepEqual(await store.read(), {
      records: [november, nightlyRecord(2), december],
      newer: 0,
      broken: 0,
      note: null,
    });
    assert.deepEqual(git(folder, 'ls-tree', '-r', '--name-only', DEFAULT_BRANCH).split('\n'), [
      'records/2026-11.ndjson',
      'records/2026-12.ndjson',
    ]);
    assert.deepEqual(git(folder, 'log', '--format=%an: %s', DEFAULT_BRANCH).split('\n'), [
      'load-suite: 2 runs',
      `load-suite: shop/peak ${november.run.id}`,
    ]);
  });

  test('HistoryStore does not store a run twice if the run is added twice', async (t) => {
    const folder = repository(t);
    const store = await open(folder);
    await store.append([nightlyRecord(1)]);
    const tip = git(folder, 'rev-parse', DEFAULT_BRANCH);
    assert.deepEqual(await store.append([nightlyRecord(1)]), []);
    assert.equal(git(folder, 'rev-parse', DEFAULT_BRANCH), tip, 'there is no empty commit');
    assert.deepEqual(idsOf(await store.append([nightlyRecord(1), nightlyRecord(2)])), idsOf([nightlyRecord(2)]));
    assert.deepEqual(await idsIn(folder), idsOf([nightlyRecord(1), nightlyRecord(2)]));
  });

  test('adding runs to the history does not change the working tree, the index or other refs', async (t) => {
    const folder = repository(t);
    writeFileSync(path.join(folder, 'kept.txt'), 'kept');
    git(folder, 'add', '.');
    git(folder, 'commit', '--quiet', '--message=second');
    writeFileSync(path.join(folder, 'kept.txt'), 'changed');
    git(folder, 'add', '.');
    writeFileSync(path.join(folder, 'kept.txt'), 'changed again');
    writeFileSync(path.join(folder, 'new.txt'), 'new');
    const before = stateOf(folder);
    const store = await open(folder);
    await store.append([nightlyRecord(1)]);
    await store.read();
    assert.deepEqual(stateOf(folder), before);
  });

  test('HistoryStore ignores git environment variables that point to another repository', async (t) => {
    const [folder, other] = [repository(t), repository(t)];
    const env = { GIT_DIR: path.join(other, '.git'), GIT_INDEX_FILE: path.join(other, 'index') };
    await (await open(folder, env)).append([nightlyRecord(1)]);
    assert.equal(git(other, 'branch', '--list', DEFAULT_BRANCH), '');
    assert.deepEqual(await idsIn(folder), idsOf([nightlyRecord(1)]));
  });

  test('adding runs to the history fails while the history branch is checked out', async (t) => {
    const folder = repository(t);
    const store = await open(folder);
    await store.append([nightlyRecord(1)]);
    git(folder, 'checkout', '--quiet', DEFAULT_BRANCH);
    await assert.rejects(store.append([nightlyRecord(2)]), problem(/is checked out.*Check out another branch/));
    git(folder, 'checkout', '--quiet', 'main');
    await store.append([nightlyRecord(2)]);
    assert.equal((await idsIn(folder)).length, 2);
  });

  test('HistoryStore accepts a subfolder of the repository', async (t) => {
    const folder = repository(t);
    const within = path.join(folder, 'tests', 'load');
    mkdirSync(within, { recursive: true });
    await (await open(within)).append([nightlyRecord(1)]);
    await (await open(within)).append([nightlyRecord(2)]);
    assert.deepEqual(await idsIn(within), idsOf([nightlyRecord(1), nightlyRecord(2)]));
    assert.deepEqual(await idsIn(folder), idsOf([nightlyRecord(1), nightlyRecord(2)]));
  });

  test('concurrent appends to a history without a remote all succeed', async (t) => {
    const folder = repository(t);
    const records = Array.from({ length: 12 }, (_, i) => nightlyRecord(i + 1));
    await Promise.all(records.map(async (record) => (await open(folder)).append([record])));
    assert.deepEqual((await idsIn(folder)).sort(), idsOf(records));
  });
});

/** Creates a bare repository and a clone. */
function cloned(t: TestContext): { remote: string; folder: string } {
  const { remote, clones } = remoteWithClones(temporaryFolder(t), 1);
  return { remote, folder: clones[0] as string };
}

describe('a history with a remote', () => {
  const TRIES = 20;
  test(`two concurrent appends to a history with a remote succeed in each of ${TRIES} attempts`, async (t) => {
    assert.equal(await racesKept(temporaryFolder(t), TRIES), TRIES);
  });

  test('eight concurrent appends of runs to a history all succeed, even if some add the same run', async (t) => {
    const { remote, clones } = remoteWithClones(temporaryFolder(t), 8);
    const added = await Promise.all(
      clones.map(async (clone, i) => (await open(clone)).append([nightlyRecord(i + 1), nightlyRecord(20)])),
    );
    const expected = idsOf([1, 2, 3, 4, 5, 6, 7, 8, 20].map((night) => nightlyRecord(night)));
    assert.deepEqual((await idsIn(remote)).sort(), expected);
    assert.deepEqual(idsOf(added.flat()).sort(), expected, 'each run was added by exactly one of them');
  });

  test('adding runs changes nothing in the clone except its remote-tracking ref of the history branch', async (t) => {
    const { clones } = remoteWithClones(temporaryFolder(t), 2);
    const [first = '', second = ''] = clones;
    const before = stateOf(first);
    await (await open(second)).append([nightlyRecord(1)]);
    await (await open(first)).append([nightlyRecord(2)]);
    assert.deepEqual(stateOf(first), before);
    assert.deepEqual(await idsIn(first), idsOf([nightlyRecord(1), nightlyRecord(2)]));
  });

  test('a shallow clone adds its runs on top of the history branch of the remote', async (t) => {
    const { remote, folder } = cloned(t);
    await (await open(folder)).append([nightlyRecord(1)]);
    const shallow = path.join(temporaryFolder(t), 'shallow');
    git('/', 'clone', '--quiet', '--depth=1', '--single-branch', `file://${remote}`, shallow);
    await (await open(shallow)).append([nightlyRecord(2)]);
    assert.deepEqual(await idsIn(remote), idsOf([nightlyRecord(1), nightlyRecord(2)]));
    assert.equal(git(remote, 'rev-list', '--count', DEFAULT_BRANCH), '2');
  });

  test('records that were stored before the repository had a remote are pushed with the next run', async (t) => {
    const { remote, folder } = cloned(t);
    git(folder, 'remote', 'rename', 'origin', 'later');
    await (await open(folder)).append([nightlyRecord(1)]);
    git(folder, 'remote', 'rename', 'later', 'origin');
    await (await open(folder)).append([nightlyRecord(2)]);
    assert.deepEqual(await idsIn(remote), idsOf([nightlyRecord(1), nightlyRecord(2)]));
  });

  test('if the remote is unreachable, reading returns the last known records and adding runs fails', async (t) => {
    const { remote, folder } = cloned(t);
    await (await open(folder)).append([nightlyRecord(1)]);
    rmSync(remote, { recursive: true });
    const stored = await (await open(folder)).read();
    assert.deepEqual(idsOf(stored.records), idsOf([nightlyRecord(1)]));
    assert.match(stored.note ?? '', /^origin cannot be reached: .*from the last successful access\.$/s);
    await assert.rejects((await open(folder)).append([nightlyRecord(2)]), problem(/^origin cannot be reached/));
  });

  test('if the remote rejects a push, the error contains the reason, but not the password in the URL', async (t) => {
    const { remote, folder } = cloned(t);
    const hook = path.join(remote, 'hooks', 'pre-receive');
    mkdirSync(path.dirname(hook), { recursive: true });
    writeFileSync(hook, '#!/bin/sh\necho "no room at https://user:secret@example.com/" >&2\nexit 1\n');
    chmodSync(hook, 0o755);
    await assert.rejects(
      (await open(folder)).append([nightlyRecord(1)]),
      problem(/^Cannot write to .*no room.*Nothing was added/s, { hides: 'secret' }),
    );
  });

  test('adding runs to the history does not run the git hooks of the clone', async (t) => {
    const { remote, folder } = cloned(t);
    const hook = path.join(folder, '.git', 'hooks', 'pre-push');
    mkdirSync(path.dirname(hook), { recursive: true });
    writeFileSync(hook, '#!/bin/sh\nexit 1\n');
    chmodSync(hook, 0o755);
    await (await open(folder)).append([nightlyRecord(1)]);
    assert.deepEqual(await idsIn(remote), idsOf([nightlyRecord(1)]));
  });
});

describe('lines of the branch that are not valid records', () => {
  async function withLines(t: TestContext, text: string) {
    const folder = repository(t);
    const store = await open(folder);
    await store.append([nightlyRecord(1)]);
    const tree = path.join(temporaryFolder(t), 'tree');
    git(folder, 'worktree', 'add', '--quiet', tree, DEFAULT_BRANCH);
    appendFileSync(path.join(tree, 'records', '2026-11.ndjson'), text);
    writeFileSync(path.join(tree, 'README.md'), 'read me');
    git(tree, 'add', '.');
    git(tree, 'commit', '--quiet', '--message=by hand');
    git(folder, 'worktree', 'remove', tree);
    return { folder, store };
  }

  test('HistoryStore counts invalid lines and keeps them on the branch', async (t) => {
    const newer = JSON.stringify({ ...nightlyRecord(3), schemaVersion: 3 });
    const text = `${newer}\n{"run":{"id":"x"}}\nwhatever`;
    const { folder, store } = await withLines(t, text);
    const { records, newer: newerCount, broken } = await store.read();
    assert.deepEqual([records.length, newerCount, broken], [1, 1, 2]);
    assert.deepEqual(await store.append([nightlyRecord(3)]), [], 'a newer version has already added it');
    await store.append([nightlyRecord(2)]);
    const lines = git(folder, 'show', `${DEFAULT_BRANCH}:records/2026-11.ndjson`).split('\n');
    assert.deepEqual(lines.slice(1, 4), text.split('\n'));
    assert.equal(lines.length, 5);
    assert.equal(git(folder, 'show', `${DEFAULT_BRANCH}:README.md`), 'read me');
  });
});

describe('HistoryStore', () => {
  test('HistoryStore rejects a folder that is not in a git repository', async (t) => {
    await assert.rejects(open(temporaryFolder(t)), problem(/is not in a git repository.*--repository/));
    await assert.rejects(open('/nonexistent'), problem(/the folder exists/));
  });

  test('HistoryStore rejects an invalid branch name', async (t) => {
    const folder = repository(t);
    for (const name of ['a..b', '-x', 'a b', ''])
      await assert.rejects(HistoryStore.open(folder, name, GIT_ENV), problem(/is not a valid branch name/));
  });

  test('HistoryStore rejects an invalid record', async (t) => {
    const store = await open(repository(t));
    const wrong = { ...nightlyRecord(1), verdict: 'FINE' } as unknown as HistoryRecord;
    await assert.rejects(store.append([wrong]), /not a valid history record: \/verdict/);
    assert.deepEqual((await store.read()).records, []);
  });
});
