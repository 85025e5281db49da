import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statfsSync } from 'node:fs';
import { freemem } from 'node:os';
import path from 'node:path';
import { startLocalTarget } from '../cli/run/local-target.ts';
import { endAll } from '../cli/support/processes.ts';

/** Where every user gets to: as root, PostgreSQL runs as another one. */
const ON_DISK = '/var/tmp';
const IN_MEMORY = '/dev/shm';
/** Some hundred MB for each of the few databases that are there at a time. */
const WANTED_BYTES = 4 * 1024 ** 3;

export interface Warmth extends Disposable {
  /** Environment of the test files that is to share it. */
  env: NodeJS.ProcessEnv;
}

/**
 * A folder for all that tests make, and in it what each test file would take longer to make anew than for most of what
 * it tests: node's cache of what it has compiled, and the data of a reference service that has run once, to be copied.
 * All of it is gone with the disposal; the caches of users do not fill with the copies of a checkout that tests make.
 * @throws Problem where the reference service does not start; the reason of the signal where that is aborted
 */
export async function warmUp(env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<Warmth> {
  const folder = mkdtempSync(path.join(hasRoomInMemory() ? IN_MEMORY : ON_DISK, 'load-suite-tests-'));
  const dispose = () => {
    // Where tests are interrupted, what they have started may still be writing.
    endAll(folder);
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    chmodSync(folder, 0o755);
    const data = path.join(folder, 'data');
    mkdirSync(data);
    const shared = { ...env, NODE_COMPILE_CACHE: path.join(folder, 'compiled') };
    const target = await startLocalTarget('booking', { ...shared, TARGET_DATA_DIR: data }, signal);
    await target[Symbol.asyncDispose]();
    signal.throwIfAborted();
    return { env: { ...shared, TESTS_DIR: folder, WARM_DATA_DIR: data }, [Symbol.dispose]: dispose };
  } catch (error) {
    dispose();
    throw error;
  }
}

/** Making a database is making hundreds of files, which on some disks takes ten times as long. */
function hasRoomInMemory(): boolean {
  try {
    const { bavail, bsize } = statfsSync(IN_MEMORY);
    const runsNothing = /^\S+ \/dev\/shm \S+ \S*\bnoexec\b/m.test(readFileSync('/proc/mounts', 'utf8'));
    return !runsNothing && Math.min(bavail * bsize, freemem()) > WANTED_BYTES;
  } catch {
    // Linux alone has it.
    return false;
  }
}
