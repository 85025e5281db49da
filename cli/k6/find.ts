import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { delimiter, join, resolve } from 'node:path';
import { cacheFolder } from '../node/cache.mjs';
import { type K6Platform, k6Platform } from './platform.ts';
import { isAcceptable, K6_RANGE, K6_VERSION, parseK6Version } from './version.ts';

export type K6Source = 'K6_BIN' | 'PATH' | 'cache' | 'download' | 'build';

export interface K6 {
  path: string;
  version: string;
  source: K6Source;
}

/** A location that was searched, and the outcome: the version of k6, or why the location has no usable k6. */
export interface Attempt {
  place: string;
  outcome: string;
}

export interface Search {
  found: K6 | null;
  tried: Attempt[];
}

/** Returns the path of the k6 binary in the cache. */
export function cachedPath(env: NodeJS.ProcessEnv, platform: K6Platform): string {
  return join(cacheFolder(env), `k6-${K6_VERSION}-${platform.id}`, platform.binary);
}

/**
 * Searches for an installed k6, and never downloads or builds one. If K6_BIN is set, only checks that path, so that
 * another k6 never silently replaces an invalid K6_BIN.
 */
export async function findK6({ env }: { env: NodeJS.ProcessEnv }): Promise<Search> {
  const platform = k6Platform(process.platform, process.arch);
  const tried: Attempt[] = [];
  const candidates = env.K6_BIN
    ? [fromVariable(env.K6_BIN, env)]
    : [...(await fromPath(env, platform)), fromCache(env, platform)];
  if (!env.K6_BIN) {
    tried.push({ place: 'K6_BIN', outcome: 'is not set' });
    if (candidates.length === 1) tried.push({ place: 'PATH', outcome: 'has no k6' });
  }
  for (const { source, place, path } of candidates) {
    const probe = await probeK6(path);
    if (probe.ok) {
      tried.push({ place, outcome: `is k6 ${probe.version}` });
      return { found: { path, version: probe.version, source }, tried };
    }
    tried.push({ place, outcome: probe.problem });
  }
  return { found: null, tried };
}

export function wrongK6Bin({ place, outcome }: Attempt): string {
  return (
    `${place} ${outcome}. K6_BIN must be the path of a k6 binary, version ${K6_RANGE}. ` +
    'Correct K6_BIN, or unset it so that load-suite finds or installs k6.'
  );
}

interface Candidate {
  source: K6Source;
  place: string;
  path: string;
}

/** Resolves a relative K6_BIN from the user's working directory, which npm stores in INIT_CWD. */
function fromVariable(value: string, env: NodeJS.ProcessEnv): Candidate {
  return { source: 'K6_BIN', place: `K6_BIN=${value}`, path: resolve(env.INIT_CWD ?? process.cwd(), value) };
}

async function fromPath(env: NodeJS.ProcessEnv, platform: K6Platform): Promise<Candidate[]> {
  const folders = new Set((env.PATH ?? '').split(delimiter).filter(Boolean));
  const candidates: Candidate[] = [];
  for (const folder of folders) {
    const path = join(folder, platform.binary);
    const info = await stat(path).catch(() => null);
    if (info?.isFile()) candidates.push({ source: 'PATH', place: `PATH: ${path}`, path });
  }
  return candidates;
}

function fromCache(env: NodeJS.ProcessEnv, platform: K6Platform): Candidate {
  const path = cachedPath(env, platform);
  return { source: 'cache', place: `cache: ${path}`, path };
}

const TIMEOUT_MS = 10_000;

type Probe = { ok: true; version: string } | { ok: false; problem: string };

const SPAWN_PROBLEMS: Record<string, string> = {
  EACCES: 'is not executable',
  ENOENT: 'does not start: its interpreter or loader is missing',
  ENOEXEC: 'is not a program for this system',
  ETXTBSY: 'is being written by another process',
};

/**
 * Runs `<path> version`. The returned problem is the end of a sentence that begins with the path: "is k6 0.49.0, …".
 */
export async function probeK6(path: string): Promise<Probe> {
  const info = await stat(path).catch(() => null);
  if (!info) return { ok: false, problem: 'does not exist' };
  if (!info.isFile()) return { ok: false, problem: 'is not a file' };
  const ran = await runVersion(path);
  if ('problem' in ran) return { ok: false, problem: ran.problem };
  const version = parseK6Version(ran.output);
  if (!version) return { ok: false, problem: `is not k6: "version" printed ${quoteFirstLine(ran.output)}` };
  if (!isAcceptable(version)) return { ok: false, problem: `is k6 ${version.text}, but ${K6_RANGE} is required` };
  return { ok: true, version: version.text };
}

function runVersion(path: string): Promise<{ output: string } | { problem: string }> {
  return new Promise((resolve) => {
    execFile(path, ['version'], { timeout: TIMEOUT_MS }, (error, stdout, stderr) => {
      if (!error) return resolve({ output: stdout });
      if (error.killed) return resolve({ problem: `did not respond to "version" within ${TIMEOUT_MS / 1000} s` });
      const known = typeof error.code === 'string' ? SPAWN_PROBLEMS[error.code] : undefined;
      if (known) return resolve({ problem: known });
      const how = error.signal ? `was ended by ${error.signal}` : `exited with ${error.code}`;
      resolve({
        problem: `does not work: "version" ${how} and printed ${quoteFirstLine(stderr || stdout)}`,
      });
    });
  });
}

function quoteFirstLine(text: string): string {
  const line = text.trim().split('\n')[0] ?? '';
  return line ? `"${line.slice(0, 120)}"` : 'nothing';
}
