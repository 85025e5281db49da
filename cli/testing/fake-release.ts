/** For tests: a release server on loopback, with a real archive that contains a script named k6. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { delimiter, dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import { promisify } from 'node:util';
import { k6Platform } from '../k6/platform.ts';
import { K6_VERSION } from '../k6/version.ts';
import { serve, temporaryFolder } from './environment.ts';

export const PLATFORM = k6Platform(process.platform, process.arch);

export interface FakeRelease {
  /** The URL of the release server, to be set as K6_RELEASE_BASE_URL. */
  url: string;
  /** The paths of all requests, in order. */
  requests: string[];
  archive: Buffer;
  /** The response for each file name. Tests replace responses to simulate failures. */
  files: Map<string, FileResponse>;
}

export type FileResponse = string | Buffer | ((response: ServerResponse) => void);

/** Writes a script that prints the version line of the given k6 version. */
export async function writeFakeK6(path: string, version = K6_VERSION): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `#!/bin/sh\necho "k6 v${version} (go1.26.8, linux/amd64)"\n`);
  await chmod(path, 0o755);
  return path;
}

export function checksumLine(content: Buffer, file = PLATFORM.archive): string {
  return `${createHash('sha256').update(content).digest('hex')}  ${file}\n`;
}

/**
 * Creates links in `folder` to the named programs of this machine, so that a test can use a PATH with only these
 * programs.
 */
export async function linkPrograms(folder: string, names: string[]): Promise<void> {
  const folders = (process.env.PATH ?? '').split(delimiter);
  for (const name of names) {
    const found = folders.map((path) => join(path, name)).find((path) => existsSync(path));
    if (found) await symlink(found, join(folder, name));
  }
}

export async function startFakeRelease(t: TestContext): Promise<FakeRelease> {
  const folder = temporaryFolder(t);
  await writeFakeK6(join(folder, PLATFORM.member));
  const archivePath = join(folder, 'archive');
  await promisify(execFile)('tar', ['-czf', archivePath, '-C', folder, dirname(PLATFORM.member)]);
  const archive = await readFile(archivePath);
  const files = new Map<string, FileResponse>([
    [PLATFORM.archive, archive],
    [PLATFORM.checksums, `${'0'.repeat(64)}  another-file.zip\n${checksumLine(archive)}`],
  ]);
  const requests: string[] = [];
  const url = await serve(t, (request, response) => {
    requests.push(request.url ?? '');
    const file = files.get((request.url ?? '').replace(`/v${K6_VERSION}/`, ''));
    if (file === undefined) response.writeHead(404).end('not found');
    else if (typeof file === 'function') file(response);
    else response.end(file);
  });
  return { url, requests, archive, files };
}
