import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, chown, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { lockFolder } from '../network/folder-lock.ts';
import { freePort } from '../network/listen.ts';
import { errorMessageOf, Problem } from '../problem.ts';
import { type Binaries, ensureServerUser, findBinaries, findBlockingFolder, type ServerUser } from './binaries.ts';
import { stopOrphanedServer } from './orphaned-server.ts';

const SUPERUSER = 'postgres';

const SERVER_FLAGS = Object.entries({
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '120',
  shared_buffers: '64MB',
  shared_preload_libraries: 'pg_stat_statements',
  jit: 'off',
  // Run PostgreSQL without I/O worker processes, because all data fits into memory.
  io_method: 'sync',
  wal_level: 'minimal',
  max_wal_senders: '0',
  // Do not wait for writes to reach the disk. The data need not survive a power failure, because every start seeds the
  // database again.
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  log_checkpoints: 'off',
}).flatMap(([name, value]) => ['-c', `${name}=${value}`]);

/**
 * Shell script that runs the PostgreSQL server and stops it when the stdin of the script closes. The stdin closes when
 * the supervisor ends, even after `kill -9`. To stop the server, the script tries a fast shutdown, then an immediate
 * shutdown, then SIGKILL. Only the server keeps stderr open, so stderr closes when the server ends.
 */
const KEEPER = `"$@" &
server=$!
exec 2>/dev/null
cat >/dev/null
for signal in INT QUIT KILL; do
  kill -$signal $server || break
  for i in 0 1 2 3 4 5 6 7 8 9; do for j in 0 1 2 3 4 5 6 7 8 9; do
    kill -0 $server || exit 0
    sleep 0.03
  done; done
done`;

type ClusterConfig = {
  folder: string;
  binaries: Binaries;
  user: ServerUser;
  unlock: () => Promise<void>;
  password: string;
};

/**
 * A PostgreSQL server that the target runs on 127.0.0.1. The folder of the server contains `pg/` (the data),
 * `pg.password` (readable only by the owner), and a copy of the PostgreSQL programs if the server user cannot access
 * `node_modules`.
 */
export class PostgresCluster {
  /** Called when the server ends unexpectedly. The cause is one line of text. */
  onUnexpectedEnd: (cause: string) => void = () => undefined;
  readonly #config: ClusterConfig;
  #port = 0;
  #closed = false;
  #keeper: ChildProcess | undefined;

  private constructor(config: ClusterConfig) {
    this.#config = config;
  }

  /**
   * Starts a PostgreSQL server with its data in the folder. Locks the folder, stops a server that an earlier run left
   * running, and creates the database cluster if necessary.
   *
   * @throws Problem if the folder cannot be used or the server does not start
   */
  static async open(folder: string): Promise<PostgresCluster> {
    let unlock: () => Promise<void>;
    try {
      await createReachable(folder);
      unlock = await lockFolder(folder);
    } catch (error) {
      if (error instanceof Problem) throw error;
      throw new Problem(
        `the folder ${folder} can't be used (${errorMessageOf(error)}): set TARGET_DATA_DIR to another folder`,
      );
    }
    let cluster: PostgresCluster | undefined;
    try {
      const user = ensureServerUser();
      const blockingFolder = await findBlockingFolder(user, folder);
      if (blockingFolder) {
        throw new Problem(
          `PostgreSQL runs as the user postgres, who can't enter ${blockingFolder}: set TARGET_DATA_DIR to a folder that this user can enter`,
        );
      }
      const binaries = await findBinaries(user, folder);
      const password = await readOrCreatePassword(folder);
      cluster = new PostgresCluster({ folder, binaries, user, unlock, password });
      await stopOrphanedServer(cluster.#dataFolder);
      await cluster.#create();
      await cluster.#startOrRecreate();
      return cluster;
    } catch (error) {
      await cluster?.stop();
      if (!cluster) await unlock();
      throw error;
    }
  }

  get #dataFolder(): string {
    return join(this.#config.folder, 'pg');
  }

  /** Returns the connection URL of a database in the cluster, including the password. */
  url(database: string): string {
    return `postgresql://${SUPERUSER}:${this.#config.password}@127.0.0.1:${this.#port}/${database}`;
  }

  /** Restarts the server on the same port after `halt` or after the server ended unexpectedly. */
  async resume(): Promise<void> {
    await this.#startWithRetries();
  }

  /** Shuts the server down and disconnects all clients. Call `resume` to start the server again. */
  async halt(): Promise<void> {
    const keeper = this.#keeper;
    this.#keeper = undefined;
    if (!keeper || keeper.exitCode !== null || keeper.signalCode !== null) return;
    const ended = new Promise((done) => keeper.once('exit', done));
    keeper.stdin?.end();
    await ended;
  }

  /** Stops the server permanently and unlocks the folder. */
  async stop(): Promise<void> {
    this.#closed = true;
    await this.halt();
    await this.#config.unlock();
  }

  /**
   * Creates the database cluster in a temporary folder and then renames the folder, so that an incomplete cluster is
   * never used.
   */
  async #create(): Promise<void> {
    for (const name of await readdir(this.#config.folder)) {
      if (name.startsWith('pg.new')) await rm(join(this.#config.folder, name), { recursive: true, force: true });
    }
    if (await this.#isUsable()) return;
    await rm(this.#dataFolder, { recursive: true, force: true });
    const newFolder = join(this.#config.folder, `pg.new-${process.pid}`);
    const passwordFile = join(this.#config.folder, `pg.new-${process.pid}.password`);
    await mkdir(newFolder, { mode: 0o700 });
    await writeFile(passwordFile, this.#config.password, { mode: 0o600 });
    if (this.#config.user) {
      for (const path of [newFolder, passwordFile]) await chown(path, this.#config.user.uid, this.#config.user.gid);
    }
    const { code, output } = await this.#run(this.#config.binaries.initdb, [
      `--pgdata=${newFolder}`,
      `--username=${SUPERUSER}`,
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      // Hash the password only once. It is long and random, so more iterations would not add security, but slow down
      // connecting.
      '--set=scram_iterations=1',
      '--locale=C',
      '--encoding=UTF8',
      '--no-sync',
      '--no-instructions',
    ]);
    await rm(passwordFile, { force: true });
    if (code !== 0) throw new Problem(`PostgreSQL could not create its data folder: ${lastError(output)}`);
    await rename(newFolder, this.#dataFolder);
  }

  async #isUsable(): Promise<boolean> {
    const major = this.#config.binaries.version.split('.')[0];
    const version = await readFile(join(this.#dataFolder, 'PG_VERSION'), 'utf8').catch(() => '');
    const control = await stat(join(this.#dataFolder, 'global', 'pg_control')).catch(() => undefined);
    return version.trim() === major && control !== undefined;
  }

  /**
   * Starts the server. If the cluster cannot be started, deletes and recreates it, because every start seeds the data
   * again.
   */
  async #startOrRecreate(): Promise<void> {
    try {
      await this.#startWithRetries();
      await this.#checkPassword();
    } catch {
      await this.halt();
      await rm(this.#dataFolder, { recursive: true, force: true });
      await this.#create();
      await this.#startWithRetries();
    }
  }

  async #checkPassword(): Promise<void> {
    const { default: pg } = await import('pg');
    const client = new pg.Client({ connectionString: this.url('postgres') });
    client.on('error', () => undefined);
    await client.connect();
    await client.end();
  }

  async #startWithRetries(): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      // Do not retry the start if `stop` was called in the meantime.
      if (this.#closed) throw new Problem('PostgreSQL was stopped while it was starting');
      if (this.#port === 0) this.#port = await freePort();
      const failure = await this.#start();
      if (failure === undefined) return;
      const transient = TRANSIENT_FAILURES.find(({ pattern }) => pattern.test(failure));
      if (!transient || attempt === MAX_START_ATTEMPTS) {
        throw new Problem(`PostgreSQL did not start: ${lastError(failure)}`);
      }
      if (transient.newPort) this.#port = 0;
      await delay(START_RETRY_DELAY_MS);
    }
  }

  /**
   * Starts the server. Resolves with undefined once the server accepts connections; with the output of the server if
   * the server ends before it accepts connections.
   */
  #start(): Promise<string | undefined> {
    return new Promise((done) => {
      const keeper = spawn(
        '/bin/sh',
        [
          '-c',
          KEEPER,
          'postgres-keeper',
          this.#config.binaries.postgres,
          '-D',
          this.#dataFolder,
          '-p',
          String(this.#port),
          ...SERVER_FLAGS,
        ],
        { ...this.#spawnOptions(), stdio: ['pipe', 'ignore', 'pipe'] },
      );
      this.#keeper = keeper;
      let output = '';
      let ready = false;
      // Ignore errors: writing to stdin fails if the shell script has already ended.
      keeper.stdin.on('error', () => undefined);
      keeper.stderr.on('data', (chunk) => {
        output = (output + chunk).slice(-8000);
        if (!ready && output.includes('database system is ready to accept connections')) {
          ready = true;
          done(undefined);
        }
      });
      keeper.on('error', (error) => done(errorMessageOf(error)));
      keeper.stderr.on('close', () => {
        keeper.stdin.end();
        if (!ready) done(output);
        else if (this.#keeper === keeper) {
          this.#keeper = undefined;
          this.onUnexpectedEnd(lastError(output));
        }
      });
    });
  }

  #run(program: string, args: string[]): Promise<{ code: number | null; output: string }> {
    return new Promise((done) => {
      let output = '';
      const child = spawn(program, args, this.#spawnOptions());
      child.stderr?.on('data', (chunk) => {
        output += chunk;
      });
      child.on('error', (error) => done({ code: null, output: errorMessageOf(error) }));
      child.on('close', (code) => done({ code, output }));
    });
  }

  #spawnOptions() {
    return {
      ...this.#config.user,
      cwd: '/',
      // Do not pass on other environment variables: they may contain secrets, and PG* variables would change the
      // behavior of PostgreSQL.
      env: { PATH: process.env.PATH, LC_ALL: 'C' },
      stdio: ['ignore', 'ignore', 'pipe'] as ['ignore', 'ignore', 'pipe'],
      detached: true,
    };
  }
}

const MAX_START_ATTEMPTS = 20;
const START_RETRY_DELAY_MS = 250;

/** Errors that may be temporary when the server starts. `newPort` means that the next attempt must use another port. */
const TRANSIENT_FAILURES = [
  { pattern: /could not bind|Address already in use/, newPort: true },
  // The child processes of a killed server may still be running, but end soon.
  { pattern: /pre-existing shared memory block|lock file "postmaster.pid" already exists/, newPort: false },
];

/** Creates a folder and missing parent folders. Sets permissions that let the server user enter all created folders. */
async function createReachable(folder: string): Promise<void> {
  const first = await mkdir(folder, { recursive: true });
  if (first === undefined) return;
  for (let created = folder; created.length >= first.length; created = dirname(created)) await chmod(created, 0o755);
}

async function readOrCreatePassword(folder: string): Promise<string> {
  const file = join(folder, 'pg.password');
  const existing = await readFile(file, 'utf8').catch(() => undefined);
  if (existing && /^\w{48}$/.test(existing)) return existing;
  if (existing === undefined && (await stat(join(folder, 'pg')).catch(() => undefined))) {
    throw new Problem(
      `${join(folder, 'pg')} exists but was not created by the target (pg.password is missing next to it): remove it, or set TARGET_DATA_DIR to another folder`,
    );
  }
  const password = randomBytes(24).toString('hex');
  await writeFile(file, password, { mode: 0o600 });
  return password;
}

function lastError(output: string): string {
  const lines = output.split('\n').filter((line) => line.trim() !== '');
  const errors = lines.filter((line) => /(FATAL|PANIC|ERROR|error):/.test(line));
  return (errors.at(-1) ?? lines.at(-1) ?? 'PostgreSQL reported no cause').trim();
}
