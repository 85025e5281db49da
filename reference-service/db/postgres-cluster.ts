import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, chown, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { lockFolder } from '../network/folder-lock.ts';
import { freePort } from '../network/listen.ts';
import { errorMessageOf, Problem } from '../problem.ts';
import {
  type Binaries,
  ensureServerUser,
  findBinaries,
  findBlockingFolder,
  type ServerUser,
} from './binaries.ts';
import { stopOrphanedServer } from './orphaned-server.ts';

const SUPERUSER = 'postgres';

const SERVER_FLAGS = Object.entries({
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '120',
  shared_buffers: '64MB',
  shared_preload_libraries: 'pg_stat_statements',
  jit: 'off',
  // Without helper processes for reading: the data fits into memory.
  io_method: 'sync',
  wal_level: 'minimal',
  max_wal_senders: '0',
  // Every start seeds anew, so nothing here has to survive a power cut.
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  log_checkpoints: 'off',
}).flatMap(([name, value]) => ['-c', `${name}=${value}`]);

/**
 * Runs the server as its child until the pipe from the supervisor closes, which even kill -9 of the
 * supervisor brings about; then fast shutdown, immediate shutdown, kill. Only the server keeps the
 * error output open, so its end shows there.
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
 * A PostgreSQL server of the target's own, on 127.0.0.1 only, whose files are under one folder:
 * `pg/` (the cluster), `pg.password` (readable by the owner only), and a copy of the programs where
 * that is needed.
 */
export class PostgresCluster {
  /** Called with a one-line cause when the server ends without having been asked to. */
  onUnexpectedEnd: (cause: string) => void = () => undefined;
  readonly #parts: ClusterConfig;
  #port = 0;
  #closed = false;
  #keeper: ChildProcess | undefined;

  private constructor(parts: ClusterConfig) {
    this.#parts = parts;
  }

  /** Takes the folder, recovers what an earlier run left there, creates what is missing, and starts. */
  static async open(folder: string): Promise<PostgresCluster> {
    let unlock: () => Promise<void>;
    try {
      await createReachable(folder);
      unlock = await lockFolder(folder);
    } catch (error) {
      if (error instanceof Problem) throw error;
      throw new Problem(`TARGET_DATA_DIR ${folder} can't be used: ${errorMessageOf(error)}`);
    }
    let cluster: PostgresCluster | undefined;
    try {
      const user = ensureServerUser();
      const barrier = await findBlockingFolder(user, folder);
      if (barrier) {
        throw new Problem(
          `PostgreSQL runs as the user postgres, who can't enter ${barrier}: set TARGET_DATA_DIR to a folder that this user can reach`,
        );
      }
      const binaries = await findBinaries(user, folder);
      const password = await readOrCreatePassword(folder);
      cluster = new PostgresCluster({ folder, binaries, user, unlock, password });
      await stopOrphanedServer(cluster.#data);
      await cluster.#create();
      await cluster.#startOrRecreate();
      return cluster;
    } catch (error) {
      await cluster?.stop();
      if (!cluster) await unlock();
      throw error;
    }
  }

  get #data(): string {
    return join(this.#parts.folder, 'pg');
  }

  /** Connection URL of a database in the cluster, password included. */
  url(database: string): string {
    return `postgresql://${SUPERUSER}:${this.#parts.password}@127.0.0.1:${this.#port}/${database}`;
  }

  /** Starts the server on its known port, after `halt` or an unexpected end. */
  async resume(): Promise<void> {
    await this.#startPatiently();
  }

  /** Stops the server in an orderly way; connected clients are told so. */
  async halt(): Promise<void> {
    const keeper = this.#keeper;
    this.#keeper = undefined;
    if (!keeper || keeper.exitCode !== null || keeper.signalCode !== null) return;
    const ended = new Promise((done) => keeper.once('exit', done));
    keeper.stdin?.end();
    await ended;
  }

  /** Stops the server and gives the folder up. */
  async stop(): Promise<void> {
    this.#closed = true;
    await this.halt();
    await this.#parts.unlock();
  }

  /** Creates the cluster under another name and renames it, so that a half-made one is never used. */
  async #create(): Promise<void> {
    for (const name of await readdir(this.#parts.folder)) {
      if (name.startsWith('pg.new'))
        await rm(join(this.#parts.folder, name), { recursive: true, force: true });
    }
    if (await this.#isUsable()) return;
    await rm(this.#data, { recursive: true, force: true });
    const fresh = join(this.#parts.folder, `pg.new-${process.pid}`);
    const passwordFile = join(this.#parts.folder, `pg.new-${process.pid}.password`);
    await mkdir(fresh, { mode: 0o700 });
    await writeFile(passwordFile, this.#parts.password, { mode: 0o600 });
    if (this.#parts.user) {
      for (const path of [fresh, passwordFile]) await chown(path, this.#parts.user.uid, this.#parts.user.gid);
    }
    const { code, output } = await this.#run(this.#parts.binaries.initdb, [
      `--pgdata=${fresh}`,
      `--username=${SUPERUSER}`,
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      // The password is random and long, so that iterating its hash would only slow connecting.
      '--set=scram_iterations=1',
      '--locale=C',
      '--encoding=UTF8',
      '--no-sync',
      '--no-instructions',
    ]);
    await rm(passwordFile, { force: true });
    if (code !== 0) throw new Problem(`PostgreSQL could not create its data folder: ${lastError(output)}`);
    await rename(fresh, this.#data);
  }

  async #isUsable(): Promise<boolean> {
    const major = this.#parts.binaries.version.split('.')[0];
    const version = await readFile(join(this.#data, 'PG_VERSION'), 'utf8').catch(() => '');
    const control = await stat(join(this.#data, 'global', 'pg_control')).catch(() => undefined);
    return version.trim() === major && control !== undefined;
  }

  /** What a crash broke is not worth repairing: the data are seeded anew in any case. */
  async #startOrRecreate(): Promise<void> {
    try {
      await this.#startPatiently();
      await this.#checkPassword();
    } catch {
      await this.halt();
      await rm(this.#data, { recursive: true, force: true });
      await this.#create();
      await this.#startPatiently();
    }
  }

  async #checkPassword(): Promise<void> {
    const { default: pg } = await import('pg');
    const client = new pg.Client({ connectionString: this.url('postgres') });
    client.on('error', () => undefined);
    await client.connect();
    await client.end();
  }

  async #startPatiently(): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      // A start that was in progress when the cluster was stopped must not go on by itself.
      if (this.#closed) throw new Problem('PostgreSQL was stopped while it was starting');
      if (this.#port === 0) this.#port = await freePort();
      const failure = await this.#start();
      if (failure === undefined) return;
      const transient = TRANSIENT.find(({ sign }) => sign.test(failure));
      if (!transient || attempt === 20) {
        throw new Problem(`PostgreSQL did not start: ${lastError(failure)}`);
      }
      if (transient.newPort) this.#port = 0;
      await delay(250);
    }
  }

  /** Resolves when connections are accepted, or with the server's output when it ended before. */
  #start(): Promise<string | undefined> {
    return new Promise((done) => {
      const keeper = spawn(
        '/bin/sh',
        [
          '-c',
          KEEPER,
          'postgres-keeper',
          this.#parts.binaries.postgres,
          '-D',
          this.#data,
          '-p',
          String(this.#port),
          ...SERVER_FLAGS,
        ],
        { ...this.#spawnOptions(), stdio: ['pipe', 'ignore', 'pipe'] },
      );
      this.#keeper = keeper;
      let output = '';
      let ready = false;
      // A keeper that has ended can't be told to.
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
      ...this.#parts.user,
      cwd: '/',
      // Nothing of the caller's environment: it holds secrets, and PG* variables would change behaviour.
      env: { PATH: process.env.PATH, LC_ALL: 'C' },
      stdio: ['ignore', 'ignore', 'pipe'] as ['ignore', 'ignore', 'pipe'],
      detached: true,
    };
  }
}

/** Causes that pass by themselves, with what to change before trying again. */
const TRANSIENT = [
  { sign: /could not bind|Address already in use/, newPort: true },
  // The processes of a killed server end a moment after it.
  { sign: /pre-existing shared memory block|lock file "postmaster.pid" already exists/, newPort: false },
];

/** Creates a folder and those above it so that the server's user can pass them, whatever the umask. */
async function createReachable(folder: string): Promise<void> {
  const first = await mkdir(folder, { recursive: true });
  if (first === undefined) return;
  for (let made = folder; made.length >= first.length; made = dirname(made)) await chmod(made, 0o755);
}

async function readOrCreatePassword(folder: string): Promise<string> {
  const file = join(folder, 'pg.password');
  const known = await readFile(file, 'utf8').catch(() => undefined);
  if (known && /^\w{48}$/.test(known)) return known;
  if (known === undefined && (await stat(join(folder, 'pg')).catch(() => undefined))) {
    throw new Problem(
      `${join(folder, 'pg')} exists but was not made by the target (pg.password is not beside it): remove it, or set TARGET_DATA_DIR to another folder`,
    );
  }
  const password = randomBytes(24).toString('hex');
  await writeFile(file, password, { mode: 0o600 });
  return password;
}

function lastError(output: string): string {
  const lines = output.split('\n').filter((line) => line.trim() !== '');
  const errors = lines.filter((line) => /(FATAL|PANIC|ERROR|error):/.test(line));
  return (errors.at(-1) ?? lines.at(-1) ?? 'no cause was given').trim();
}
