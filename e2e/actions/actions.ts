import assert from 'node:assert/strict';
import { cpSync, existsSync, globSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../sandbox.ts';
import { git, type Repository } from './repository.ts';
import type { Permissions } from './workflow.ts';

/** Properties that all steps of a job share. */
export interface JobContext {
  /** Folder that stores the artifacts of the workflow run. */
  artifacts: string;
  repositories: readonly Repository[];
  /** The repository that contains the running workflow. */
  repository: Repository;
  permissions: Permissions;
}

/** The inputs and the job data that an action can access. */
export interface ActionContext extends JobContext {
  workspace: string;
  home: string;
  addPath: (folder: string) => void;
}

type Action = (inputs: Record<string, string>, context: ActionContext) => Record<string, string>;

/** Simulations of the actions that the workflows use. A simulation has only the effects that later steps depend on. */
export const ACTIONS: Record<string, Action> = {
  'actions/checkout': ({ repository: requested, ref, path: place = '.', ...inputs }, context) => {
    assert.equal(inputs['persist-credentials'], 'false', 'other steps cannot read the credentials');
    const repository = requested ? context.repositories.find(({ name }) => name === requested) : context.repository;
    assert.ok(repository, `repository ${requested} exists`);
    const folder = path.join(context.workspace, place);
    mkdirSync(folder, { recursive: true });
    git(folder, 'init', '--quiet');
    git(folder, 'remote', 'add', 'origin', `file://${repository.bare}`);
    git(folder, 'fetch', '--quiet', '--depth', '1', 'origin', ref || repository.sha);
    git(folder, 'checkout', '--quiet', '-B', 'main', 'FETCH_HEAD');
    linkDependencies(folder);
    return {};
  },

  'actions/setup-node': ({ 'node-version': version = '' }, context) => {
    assert.ok(Number.parseInt(process.versions.node, 10) >= Number.parseInt(version, 10));
    context.addPath(path.dirname(process.execPath));
    return {};
  },

  'actions/setup-go': () => ({}),

  /** Every lookup in the simulated cache succeeds, like after an earlier run. */
  'actions/cache': ({ path: place = '', key = '' }, context) => {
    assert.match(key, /-[\da-f]{64}$/, 'the cache key contains a hash of its inputs');
    assert.ok(existsSync(place.replace(/^~/, context.home)), `${place} exists`);
    return { 'cache-hit': 'true' };
  },

  'actions/upload-artifact': ({ name = 'artifact', path: place = '' }, context) => {
    const folder = path.join(context.artifacts, name);
    assert.match(name, /^[^":<>|*?\\/\r\n]+$/, `${name} is a valid artifact name`);
    assert.ok(!existsSync(folder), `the artifact ${name} is uploaded once`);
    const source = path.join(context.workspace, place);
    if (existsSync(source)) copyVisible(source, folder);
    return {};
  },

  'actions/download-artifact': ({ pattern = '', path: place = '.', 'merge-multiple': merged }, context) => {
    assert.equal(merged, 'true');
    for (const name of globSync(pattern, { cwd: context.artifacts }))
      copyVisible(path.join(context.artifacts, name), path.join(context.workspace, place));
    return {};
  },

  'actions/configure-pages': () => ({ base_url: 'https://acme.github.io/load-suite' }),

  'actions/upload-pages-artifact': ({ path: place = '_site' }, context) => {
    copyVisible(path.join(context.workspace, place), path.join(context.artifacts, 'github-pages'));
    return {};
  },

  'actions/deploy-pages': (_, { artifacts, permissions }) => {
    assert.deepEqual([permissions.pages, permissions['id-token']], ['write', 'write']);
    assert.ok(existsSync(path.join(artifacts, 'github-pages', 'index.html')), 'the pages have an index');
    return { page_url: 'https://acme.github.io/load-suite' };
  },
};

/** Copies a folder without hidden files, as GitHub's artifact actions do. */
function copyVisible(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(from)) {
    const [source, target] = [path.join(from, name), path.join(to, name)];
    if (name.startsWith('.')) continue;
    if (statSync(source).isDirectory()) copyVisible(source, target);
    else cpSync(source, target);
  }
}

/** Links the installed dependencies, so that the launcher does not install any. Fails if the lockfiles differ. */
function linkDependencies(folder: string): void {
  const lockfile = (root: string) => path.join(root, 'package-lock.json');
  if (!existsSync(lockfile(folder))) return;
  assert.equal(readFileSync(lockfile(folder), 'utf8'), readFileSync(lockfile(ROOT), 'utf8'));
  symlinkSync(path.join(ROOT, 'node_modules'), path.join(folder, 'node_modules'));
}
