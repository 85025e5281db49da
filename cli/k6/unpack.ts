import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

/**
 * Takes one member out of an archive into `folder` and returns its path. The tar of macOS and Windows reads .zip
 * too, and those are the systems whose release is a .zip.
 */
export async function unpackMember(
  archive: string,
  member: string,
  folder: string,
  env: NodeJS.ProcessEnv,
): Promise<string> {
  try {
    await promisify(execFile)(tarCommand(process.platform, env), ['-xf', archive, '-C', folder, member]);
  } catch (error) {
    const { stderr, message } = error as Error & { stderr?: string };
    throw new Error(`the archive cannot be unpacked: ${(stderr || message).trim().split('\n')[0]}`);
  }
  return join(folder, ...member.split('/'));
}

/** By full path on Windows: a tar from elsewhere on PATH (Git's) takes "C:" for a host name and reads no .zip. */
export function tarCommand(platform: NodeJS.Platform, env: NodeJS.ProcessEnv): string {
  return platform === 'win32' ? join(env.SystemRoot ?? 'C:\\Windows', 'System32', 'tar.exe') : 'tar';
}
