import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Sandbox } from '../sandbox.ts';

/** A simulated GitHub repository: a bare git repository and a checkout of its main branch. */
export interface Repository {
  /** Owner and name: `owner/name`. */
  name: string;
  /** Folder of the bare repository. */
  bare: string;
  /** Folder with the files of the commit `sha`. */
  root: string;
  sha: string;
}

/** Rejects a push unless its token grants write permission. `tokenFor` creates tokens. */
const PRE_RECEIVE_HOOK = `#!/bin/sh
case "$GITHUB_TOKEN" in *'"contents":"write"'*) exit 0 ;; esac
echo 'Permission denied to github-actions[bot].' >&2
exit 1
`;

export const git = (folder: string, ...args: string[]): string =>
  execFileSync('git', ['-C', folder, ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  }).trim();

/** Creates a repository with a single commit that contains all files of a folder except dependencies. */
export function createRepository(sandbox: Sandbox, name: string, root: string): Repository {
  const bare = path.join(sandbox.subfolder(name.replace('/', '-')), 'bare.git');
  git(root, 'init', '--quiet', '--initial-branch', 'main');
  writeFileSync(path.join(root, '.git', 'info', 'exclude'), 'node_modules\n');
  git(root, 'add', '--all');
  const author = ['-c', 'user.name=Load Tester', '-c', 'user.email=tester@example.com', '-c', 'commit.gpgSign=false'];
  git(root, ...author, 'commit', '--quiet', '--message', 'Add all files');
  git(root, 'clone', '--quiet', '--bare', root, bare);
  // Do not compress, because git fetches from the same disk and compression would only cost time.
  git(bare, 'config', 'pack.window', '0');
  git(bare, 'config', 'core.compression', '0');
  // Configures the repository like GitHub: clients can fetch any commit, and a push requires a token with permission.
  git(bare, 'config', 'uploadpack.allowAnySHA1InWant', 'true');
  writeFileSync(path.join(bare, 'hooks', 'pre-receive'), PRE_RECEIVE_HOOK, { mode: 0o755 });
  return { name, bare, root, sha: git(root, 'rev-parse', 'HEAD') };
}
