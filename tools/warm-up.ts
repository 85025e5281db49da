import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statfsSync } from 'node:fs';
import { freemem } from 'node:os';
import path from 'node:path';
import { startLocalTarget } from '../cli/run/local-target.ts';
import { endAll } from '../cli/support/processes.ts';

/** Accessible to every user, because as root, PostgreSQL runs as a different user. */
const ON_DISK = '/var/tmp';
const IN_MEMORY = '/dev/shm';
/** A few databases exist at the same time, each with a few hundred MB. */
const REQUIRED_BYTES = 4 * 1024 ** 3;

export interface WarmFolder extends Disposable {
  /** Environment variables for the test files that use the folder. */
  env: NodeJS.ProcessEnv;
}

/**
 * Creates a folder for all files of tests. It has two things that are slow to create in each test file: Node's compile
 * cache, and the data of a reference service, which tests copy. Disposing removes the folder, so that tests do not fill
 * the caches of the user.
 * @throws Problem if the reference service does not start; the reason of the signal if it is aborted
 */
export async function warmUp(env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<WarmFolder> {
  const folder = mkdtempSync(path.join(hasRoomInMemory() ? IN_MEMORY : ON_DISK, 'load-suite-tests-'));
  const dispose = () => {
    // Processes of interrupted tests may still be writing.
    endAll(folder);
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    chmodSync(folder, 0o755);
    const data = path.join(folder, 'data');
    mkdirSync(data);
    const sharedEnv = { ...env, NODE_COMPILE_CACHE: path.join(folder, 'compiled') };
    const target = await startLocalTarget('booking', { ...sharedEnv, TARGET_DATA_DIR: data }, signal);
    await target[Symbol.asyncDispose]();
    signal.throwIfAborted();
    return { env: { ...sharedEnv, TESTS_DIR: folder, WARM_DATA_DIR: data }, [Symbol.dispose]: dispose };
  } catch (error) {
    dispose();
    throw error;
  }
}

/** Memory is preferred, because a database consists of hundreds of files, which are ten times slower on some disks. */
function hasRoomInMemory(): boolean {
  try {
    const { bavail, bsize } = statfsSync(IN_MEMORY);
    const isNoexec = /^\S+ \/dev\/shm \S+ \S*\bnoexec\b/m.test(readFileSync('/proc/mounts', 'utf8'));
    return !isNoexec && Math.min(bavail * bsize, freemem()) > REQUIRED_BYTES;
  } catch {
    // Only Linux has this folder.
    return false;
  }
}
