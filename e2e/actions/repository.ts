import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Sandbox } from '../sandbox.ts';

/** A repository as GitHub hosts it, and a checkout of its main branch. */
export interface Repository {
  /** `owner/name`. */
  name: string;
  /** Folder of the bare repository. */
  bare: string;
  /** Folder with the files of `sha`. */
  root: string;
  sha: string;
}

/** Accepts a push only if the token contains the permission. See `tokenFor`. */
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

/** Creates a repository from a folder, with a single commit of everything except dependencies. */
export function createRepository(sandbox: Sandbox, name: string, root: string): Repository {
  const bare = path.join(sandbox.subfolder(name.replace('/', '-')), 'bare.git');
  git(root, 'init', '--quiet', '--initial-branch', 'main');
  writeFileSync(path.join(root, '.git', 'info', 'exclude'), 'node_modules\n');
  git(root, 'add', '--all');
  const author = ['-c', 'user.name=Load Tester', '-c', 'user.email=tester@example.com', '-c', 'commit.gpgSign=false'];
  git(root, ...author, 'commit', '--quiet', '--message', 'Add all files');
  git(root, 'clone', '--quiet', '--bare', root, bare);
  // Fetches read from the same disk, so compression would only cost time.
  git(bare, 'config', 'pack.window', '0');
  git(bare, 'config', 'core.compression', '0');
  // Like GitHub: any commit can be fetched, and a push requires a token with permission.
  git(bare, 'config', 'uploadpack.allowAnySHA1InWant', 'true');
  writeFileSync(path.join(bare, 'hooks', 'pre-receive'), PRE_RECEIVE_HOOK, { mode: 0o755 });
  return { name, bare, root, sha: git(root, 'rev-parse', 'HEAD') };
}
