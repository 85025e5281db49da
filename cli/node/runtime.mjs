import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { copyFile, mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheFolder, draftPrefix, removeDrafts } from './cache.mjs';
import { LaunchError } from './launch-error.mjs';

export const MINIMUM_NODE = 24;
const SIZE_MB = 189;
const HERE = dirname(fileURLToPath(import.meta.url));
/**
 * Platforms for which Node can be installed automatically. For each, a folder beside this file has a lockfile that pins
 * the npm package node-<platform>.
 */
const INSTALLABLE = ['linux-x64', 'linux-arm64'];

/**
 * Chooses the Node to use. Returns `{ own: true }` if the running Node is new enough, or else `{ own: false, build }`,
 * where `build` is the platform of the Node to install. Throws a LaunchError if there is no build for the platform.
 */
export function chooseNode({ version, platform, arch }) {
  if (Number.parseInt(version, 10) >= MINIMUM_NODE) return { own: true };
  const build = `${platform}-${arch}`;
  if (INSTALLABLE.includes(build)) return { own: false, build };
  throw new LaunchError(
    `This is Node ${version}, but Node ${MINIMUM_NODE} or newer is required. Node cannot be installed automatically on ` +
      `${build}. Install Node ${MINIMUM_NODE} from https://nodejs.org (or: nvm install ${MINIMUM_NODE}), then run the command again.`,
  );
}

/** Returns the path of a Node that can run this repository. Installs Node if the running Node is too old. */
export async function ensureNode({ env, log }) {
  const choice = chooseNode({
    version: process.versions.node,
    platform: process.platform,
    arch: process.arch,
  });
  if (choice.own) return process.execPath;
  const name = `node-${choice.build}`;
  const manifests = join(HERE, choice.build);
  const version = JSON.parse(readFileSync(join(manifests, 'package.json'), 'utf8')).dependencies[name];
  const folder = join(cacheFolder(env), `node-${version}-${choice.build}`);
  const node = join(folder, 'node_modules', name, 'bin', 'node');
  if (!existsSync(node)) await install({ manifests, folder, node, version, env, log });
  return node;
}

async function install({ manifests, folder, node, version, env, log }) {
  const [{ withLock }, { npmCi }] = await Promise.all([import('./lock.mjs'), import('./npm.mjs')]);
  await withLock(
    `${folder}.lock`,
    () => log(`Waiting for another process that installs Node ${version} …`),
    async () => {
      if (existsSync(node)) return;
      await rm(folder, { recursive: true, force: true });
      await removeDrafts(folder);
      log(`Installing Node ${version} (${SIZE_MB} MB, once) …`);
      const draft = draftPrefix(folder) + process.pid;
      try {
        await mkdir(draft, { recursive: true });
        for (const file of ['package.json', 'package-lock.json']) {
          await copyFile(join(manifests, file), join(draft, file));
        }
        await npmCi({ node: process.execPath, env, folder: draft, purpose: `Node ${version}` });
        assertRuns(node.replace(folder, draft), version);
        await rename(draft, folder).catch((error) => {
          if (!existsSync(node)) throw error;
        });
      } finally {
        await rm(draft, { recursive: true, force: true });
      }
    },
  );
}

function assertRuns(node, version) {
  let problem = 'the package contains no binary';
  try {
    if (execFileSync(node, ['--version'], { encoding: 'utf8', stdio: 'pipe' }).trim() === `v${version}`) return;
    problem = 'the installed Node reports another version';
  } catch (error) {
    problem = String(error.stderr || error.message).trim();
  }
  throw new LaunchError(
    `Node ${version} was installed but does not run on this system: ${problem}\n` +
      `Install Node ${MINIMUM_NODE} with the system's package manager or from https://nodejs.org, then run the command again.`,
  );
}
