import assert from 'node:assert/strict';
import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import path from 'node:path';
import { ROOT } from '../suite.ts';
import { git, type Repository } from './repository.ts';
import type { Permissions } from './workflow.ts';

/** What every step of a job has to do with. */
export interface OfJob {
  /** Folder of the artifacts of the whole workflow run. */
  artifacts: string;
  /** All that there are, and the one whose workflow is run. */
  repositories: readonly Repository[];
  repository: Repository;
  permissions: Permissions;
}

/** What an action that is played has to do with. */
export interface Surroundings extends OfJob {
  workspace: string;
  home: string;
  addPath: (folder: string) => void;
}

type Play = (inputs: Record<string, string>, at: Surroundings) => Record<string, string>;

/** What each action that the workflows use does, as far as it can be seen from the steps around it. */
export const ACTIONS: Record<string, Play> = {
  'actions/checkout': ({ repository: wanted, ref, path: place = '.', ...inputs }, at) => {
    assert.equal(inputs['persist-credentials'], 'false', 'no credentials are left for other steps');
    const repository = wanted ? at.repositories.find(({ name }) => name === wanted) : at.repository;
    assert.ok(repository, `there is a repository ${wanted}`);
    const folder = path.join(at.workspace, place);
    mkdirSync(folder, { recursive: true });
    git(folder, 'init', '--quiet');
    git(folder, 'remote', 'add', 'origin', `file://${repository.bare}`);
    git(folder, 'fetch', '--quiet', '--depth', '1', 'origin', ref || repository.sha);
    git(folder, 'checkout', '--quiet', '-B', 'main', 'FETCH_HEAD');
    linkDependencies(folder);
    return {};
  },

  'actions/setup-node': ({ 'node-version': version = '' }, at) => {
    assert.ok(Number.parseInt(process.versions.node, 10) >= Number.parseInt(version, 10));
    at.addPath(path.dirname(process.execPath));
    return {};
  },

  'actions/setup-go': () => ({}),

  /** Found, as it is once a run went before. */
  'actions/cache': ({ path: place = '', key = '' }, at) => {
    assert.match(key, /-[\da-f]{64}$/, 'the key of a cache holds what it depends on');
    assert.ok(existsSync(place.replace(/^~/, at.home)), `${place} is there`);
    return { 'cache-hit': 'true' };
  },

  'actions/upload-artifact': ({ name = 'artifact', path: place = '' }, at) => {
    const folder = path.join(at.artifacts, name);
    assert.match(name, /^[^":<>|*?\\/\r\n]+$/, 'it may be a name');
    assert.ok(!existsSync(folder), `there is one artifact named ${name}`);
    const found = path.join(at.workspace, place);
    if (existsSync(found)) copyVisible(found, folder);
    return {};
  },

  'actions/download-artifact': ({ pattern = '', path: place = '.', 'merge-multiple': merged }, at) => {
    assert.equal(merged, 'true');
    for (const name of globSync(pattern, { cwd: at.artifacts }))
      copyVisible(path.join(at.artifacts, name), path.join(at.workspace, place));
    return {};
  },

  'actions/configure-pages': () => ({ base_url: 'https://acme.github.io/load-suite' }),

  'actions/upload-pages-artifact': ({ path: place = '_site' }, at) => {
    copyVisible(path.join(at.workspace, place), path.join(at.artifacts, 'github-pages'));
    return {};
  },

  'actions/deploy-pages': (_, { artifacts, permissions }) => {
    assert.deepEqual([permissions.pages, permissions['id-token']], ['write', 'write']);
    assert.ok(existsSync(path.join(artifacts, 'github-pages', 'index.html')), 'there is a page');
    return { page_url: 'https://acme.github.io/load-suite' };
  },
};

/** Hidden files are left out, as these actions do. */
function copyVisible(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(from)) {
    const [source, target] = [path.join(from, name), path.join(to, name)];
    if (name.startsWith('.')) continue;
    if (statSync(source).isDirectory()) copyVisible(source, target);
    else cpSync(source, target);
  }
}

/** In place of what the launcher would install. It sees whether they are those of the lockfile. */
function linkDependencies(folder: string): void {
  const lockfile = (root: string) => path.join(root, 'package-lock.json');
  if (!existsSync(lockfile(folder))) return;
  assert.equal(readFileSync(lockfile(folder), 'utf8'), readFileSync(lockfile(ROOT), 'utf8'));
  symlinkSync(path.join(ROOT, 'node_modules'), path.join(folder, 'node_modules'));
}
