import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type FetchOptions, fetchBody } from './fetch.ts';
import type { K6Platform } from './platform.ts';
import { type Output, startProgress } from './progress.ts';
import { K6_VERSION } from './version.ts';

const OFFICIAL_RELEASES = 'https://github.com/grafana/k6/releases/download';
const MAX_CHECKSUMS_BYTES = 1_000_000;

export interface Acquire extends FetchOptions {
  platform: K6Platform;
  /** An empty folder for temporary files. The caller removes the folder afterwards. */
  draft: string;
  output: Output;
}

/**
 * Returns the URL under which the files of the k6 release are available. If K6_RELEASE_BASE_URL is set, returns a URL
 * of this mirror.
 */
export function releaseUrl(env: NodeJS.ProcessEnv): string {
  const base = (env.K6_RELEASE_BASE_URL || OFFICIAL_RELEASES).replace(/\/+$/, '');
  if (!/^https?:\/\//.test(base) || !URL.canParse(base)) {
    throw new Error(`K6_RELEASE_BASE_URL is "${base}", but it must be an http or https URL`);
  }
  return `${base}/v${K6_VERSION}`;
}

/**
 * Downloads the official release of k6, and returns the path of the binary inside `draft`. Verifies the checksum of the
 * archive before unpacking it. @throws Error whose message states the reason for the user
 */
export async function downloadK6(request: Acquire): Promise<string> {
  const { platform, draft } = request;
  const base = releaseUrl(request.env);
  const expected = findChecksum(await fetchText(`${base}/${platform.checksums}`, request), platform.archive);
  if (!expected) throw new Error(`${platform.checksums} has no line for ${platform.archive}`);
  const archive = join(draft, platform.archive);
  const actual = await fetchFile(`${base}/${platform.archive}`, archive, request);
  if (actual !== expected) {
    throw new Error(
      `${platform.archive} was refused, because it is not the released file (SHA-256 ${actual}, expected ${expected})`,
    );
  }
  return unpackMember(archive, platform.member, draft, request.env);
}

/**
 * Returns the SHA-256 of `file` (lowercase hex) from the text of a checksums file; null if the text has no line for
 * `file`.
 */
export function findChecksum(checksums: string, file: string): string | null {
  for (const line of checksums.split('\n')) {
    const match = /^([0-9a-f]{64})\s+\*?(\S+)\s*$/i.exec(line);
    if (match?.[1] && match[2] === file) return match[1].toLowerCase();
  }
  return null;
}

async function fetchText(url: string, request: Acquire): Promise<string> {
  let text = '';
  for await (const { chunk } of fetchBody(url, request)) {
    text += chunk.toString('latin1');
    if (text.length > MAX_CHECKSUMS_BYTES) throw new Error(`${url} is too long to be a checksums file`);
  }
  return text;
}

/** Downloads a URL to a file and returns the SHA-256 of the file. */
async function fetchFile(url: string, path: string, request: Acquire): Promise<string> {
  const progress = startProgress(request.output, `Downloading k6 ${K6_VERSION} from ${new URL(url).host} …`);
  const hash = createHash('sha256');
  const file = await open(path, 'wx');
  let bytes = 0;
  try {
    for await (const { chunk, totalBytes } of fetchBody(url, request)) {
      bytes += chunk.length;
      hash.update(chunk);
      await file.writeFile(chunk);
      progress.update(`Downloading k6 ${K6_VERSION}: ${describeBytes(bytes, totalBytes)}`);
    }
    progress.end(`Downloaded k6 ${K6_VERSION} (${describeBytes(bytes, null)}).`);
  } catch (error) {
    progress.end();
    throw error;
  } finally {
    await file.close();
  }
  return hash.digest('hex');
}

/** Returns the progress of a download, such as "12.3 of 24.6 MB (50 %)", or "12.3 MB" if the total is unknown. */
export function describeBytes(bytes: number, total: number | null): string {
  const mb = (n: number) => (n / 1e6).toFixed(1);
  return total ? `${mb(bytes)} of ${mb(total)} MB (${Math.floor((100 * bytes) / total)} %)` : `${mb(bytes)} MB`;
}

/**
 * Extracts one file of an archive into `folder`, and returns the path of the extracted file. On macOS and Windows the
 * archive is a .zip, which tar can read on both systems.
 */
async function unpackMember(archive: string, member: string, folder: string, env: NodeJS.ProcessEnv): Promise<string> {
  try {
    await promisify(execFile)(tarCommand(process.platform, env), ['-xf', archive, '-C', folder, member]);
  } catch (error) {
    const { stderr, message } = error as Error & { stderr?: string };
    throw new Error(`the archive cannot be unpacked: ${(stderr || message).trim().split('\n')[0]}`);
  }
  return join(folder, ...member.split('/'));
}

/**
 * Returns the command that unpacks archives. On Windows, returns the full path of the system's tar, because the tar of
 * Git for Windows cannot read .zip files and parses "C:" as a host name.
 */
export function tarCommand(platform: NodeJS.Platform, env: NodeJS.ProcessEnv): string {
  return platform === 'win32' ? join(env.SystemRoot ?? 'C:\\Windows', 'System32', 'tar.exe') : 'tar';
}
