import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { cacheFolder, cacheProblem, draftPrefix, removeDrafts } from '../node/cache.mjs';
import { withLock } from '../node/lock.mjs';
import { Problem } from '../support/problem.ts';
import { buildK6 } from './build.ts';
import { type Acquire, downloadK6 } from './download.ts';
import { TIMEOUTS, type Timeouts } from './fetch.ts';
import { type Attempt, cachedPath, findK6, type K6, type K6Source, probeK6, wrongK6Bin } from './find.ts';
import { type K6Platform, k6Platform } from './platform.ts';
import type { Output } from './progress.ts';
import { K6_RANGE, K6_VERSION } from './version.ts';

export interface EnsureOptions {
  env: NodeJS.ProcessEnv;
  log: (line: string) => void;
  /** Aborts a download or build when the signal aborts. `ensureK6` then rejects with the reason of the signal. */
  signal?: AbortSignal;
  timeouts?: Timeouts;
  /** Builds k6 inside `draft` and returns the path of the binary. The default builds k6 with Go. */
  build?: (request: Acquire) => Promise<string>;
}

/**
 * Finds or installs a k6 of an accepted version. Tries these sources in order: K6_BIN, PATH, the cache, the official
 * release, and a build with Go.
 * @throws Problem with code K6_UNAVAILABLE, which lists all attempts and what to do
 */
export async function ensureK6(options: EnsureOptions): Promise<K6> {
  const { found, tried } = await findK6(options);
  if (found) return found;
  const [first] = tried;
  if (options.env.K6_BIN && first) throw unavailable(wrongK6Bin(first));
  return provide(options, tried);
}

async function provide(options: EnsureOptions, tried: Attempt[]): Promise<K6> {
  const { env, log } = options;
  const platform = k6Platform(process.platform, process.arch);
  const path = cachedPath(env, platform);
  const folder = dirname(path);
  try {
    return await withLock(
      `${folder}.lock`,
      () => log(`Waiting for another process that installs k6 ${K6_VERSION} …`),
      async () => {
        const installedMeanwhile = await probeK6(path);
        if (installedMeanwhile.ok) return { path, version: installedMeanwhile.version, source: 'cache' as const };
        await removeDrafts(folder);
        return acquire(options, platform, path, tried);
      },
    );
  } catch (error) {
    const problem = cacheProblem(error, cacheFolder(env));
    throw problem ? unavailable(problem) : error;
  }
}

/**
 * Downloads k6, or builds k6 if the download fails. Moves the new binary into the cache only after `k6 version` has
 * succeeded.
 */
async function acquire(options: EnsureOptions, platform: K6Platform, path: string, tried: Attempt[]): Promise<K6> {
  const { env, log, signal, timeouts = TIMEOUTS, build = buildK6 } = options;
  const output: Output = { log, terminal: process.stderr.isTTY ? process.stderr : null };
  const methods: { source: K6Source; place: string; acquire: (request: Acquire) => Promise<string> }[] = [
    {
      source: 'download',
      place: `download from ${env.K6_RELEASE_BASE_URL || 'github.com'}`,
      acquire: downloadK6,
    },
    { source: 'build', place: 'build with Go', acquire: build },
  ];
  for (const { source, place, acquire } of methods) {
    const draft = await mkdtemp(draftPrefix(dirname(path)));
    try {
      const made = await acquire({ platform, draft, env, output, timeouts, signal });
      const probe = await probeK6(made);
      if (!probe.ok) throw new Error(`the new k6 ${probe.problem}`);
      await mkdir(dirname(path), { recursive: true });
      await rename(made, path);
      return { path, version: probe.version, source };
    } catch (error) {
      signal?.throwIfAborted();
      if (cacheProblem(error, cacheFolder(env))) throw error;
      const outcome = (error as Error).message;
      tried.push({ place, outcome });
      log(`No k6 ${place}: ${outcome}.`);
    } finally {
      await rm(draft, { recursive: true, force: true });
    }
  }
  throw unavailable(unavailableMessage(tried, env));
}

const unavailable = (message: string) => new Problem(message, 'K6_UNAVAILABLE');

function unavailableMessage(tried: Attempt[], env: NodeJS.ProcessEnv): string {
  const list = tried.map(({ place, outcome }) => `  - ${place}: ${outcome}`).join('\n');
  return (
    `No k6 (version ${K6_RANGE}) could be found or installed:\n${list}\n` +
    `Choose one: install k6 ${K6_VERSION} and set K6_BIN to its path; install Go (version: see tools/k6/go.mod) to build k6 ` +
    `from source; allow downloads from ${env.K6_RELEASE_BASE_URL || 'github.com'}, or set K6_RELEASE_BASE_URL to a mirror.`
  );
}
