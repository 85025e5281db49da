import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Sandbox } from '../suite.ts';

/** A repository as GitHub has it: a bare one, and what its main branch holds. */
export interface Repository {
  /** `owner/name`. */
  name: string;
  bare: string;
  /** Folder with the files of `sha`. */
  root: string;
  sha: string;
}

/** A token is what a job may do: the player makes it so. */
const MAY_PUSH = `#!/bin/sh
case "$GITHUB_TOKEN" in *'"contents":"write"'*) exit 0 ;; esac
echo 'Permission denied to github-actions[bot].' >&2
exit 1
`;

export const git = (folder: string, ...args: string[]): string =>
  execFileSync('git', ['-C', folder, ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  }).trim();

/** Makes a repository of a folder, with one commit of all that is in it but dependencies. */
export function hosted(sandbox: Sandbox, name: string, root: string): Repository {
  const bare = path.join(sandbox.subfolder(name.replace('/', '-')), 'bare.git');
  git(root, 'init', '--quiet', '--initial-branch', 'main');
  writeFileSync(path.join(root, '.git', 'info', 'exclude'), 'node_modules\n');
  git(root, 'add', '--all');
  const person = [
    '-c',
    'user.name=Somebody',
    '-c',
    'user.email=somebody@example.com',
    '-c',
    'commit.gpgSign=false',
  ];
  git(root, ...person, 'commit', '--quiet', '--message', 'All of it');
  git(root, 'clone', '--quiet', '--bare', root, bare);
  // It is fetched from the same disk: to make a pack small takes longer than to copy one that is not.
  git(bare, 'config', 'pack.window', '0');
  git(bare, 'config', 'core.compression', '0');
  // As GitHub has it: any commit can be asked for, and a push takes a token that is good for it.
  git(bare, 'config', 'uploadpack.allowAnySHA1InWant', 'true');
  writeFileSync(path.join(bare, 'hooks', 'pre-receive'), MAY_PUSH, { mode: 0o755 });
  return { name, bare, root, sha: git(root, 'rev-parse', 'HEAD') };
}
