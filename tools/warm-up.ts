import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statfsSync } from 'node:fs';
import { freemem } from 'node:os';
import path from 'node:path';
import { startLocalTarget } from '../cli/run/local-target.ts';
import { endAll } from '../cli/support/processes.ts';

/** Folder that every user can access. If root runs the tests, PostgreSQL runs as a different user. */
const ON_DISK = '/var/tmp';
const IN_MEMORY = '/dev/shm';
/** Free space that the tests require. Several databases exist at the same time, and each needs a few hundred MB. */
const REQUIRED_BYTES = 4 * 1024 ** 3;

export interface WarmFolder extends Disposable {
  /** Environment variables with which test files use the prepared folder. */
  env: NodeJS.ProcessEnv;
}

/**
 * Creates a temporary folder that all test files share. The folder contains data that every test file would otherwise
 * create again, which is slow: Node's compile cache, and the database of a reference service, which tests copy.
 * Disposing removes the folder, so that tests leave no files behind.
 * @throws Problem if the reference service does not start; the reason of the signal if the signal is aborted
 */
export async function warmUp(env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<WarmFolder> {
  const folder = mkdtempSync(path.join(hasRoomInMemory() ? IN_MEMORY : ON_DISK, 'load-suite-tests-'));
  const dispose = () => {
    // Interrupted tests may have left processes that still write to the folder.
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

/**
 * Returns whether the databases fit into memory. Memory is preferred, because copying the hundreds of files of a
 * database takes ten times as long on some disks.
 */
function hasRoomInMemory(): boolean {
  try {
    const { bavail, bsize } = statfsSync(IN_MEMORY);
    const isNoexec = /^\S+ \/dev\/shm \S+ \S*\bnoexec\b/m.test(readFileSync('/proc/mounts', 'utf8'));
    return !isNoexec && Math.min(bavail * bsize, freemem()) > REQUIRED_BYTES;
  } catch {
    // /dev/shm or /proc/mounts does not exist, because this operating system is not Linux.
    return false;
  }
}
