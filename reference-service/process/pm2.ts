import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { lockFolder } from '../network/folder-lock.ts';
import { freePort } from '../network/listen.ts';
import { Problem } from '../problem.ts';
import { childEnvironment, type ManagedProcess, type ProcessOptions, READY_TIMEOUT_MS } from './forked-process.ts';
import { LINK_VARIABLE, readLines, writeLine } from './link.ts';
import type { ChildMessage, ProcessMetrics, SupervisorMessage } from './messages.ts';

export type Pm2Options = ProcessOptions & {
  name: string;
  mode: 'fork' | 'cluster';
  instances: number;
  /** Port of the service; 0 picks a free port. */
  port: number;
  /** The PM2_HOME folder of the separate PM2 daemon, which contains sockets, process lists and logs. */
  folder: string;
};

/**
 * Shell script that starts a PM2 daemon with the service. When the stdin of the script closes, the script kills the
 * daemon and the service. The stdin closes when the supervisor ends, even after `kill -9`. The script kills the daemon
 * only after the start has finished, because a daemon that is still starting cannot be killed.
 */
const KEEPER = 'trap "" INT TERM HUP; "$@" start "$APPS" >&2 || exit 1; cat > /dev/null; "$@" kill >&2';

const pm2 = () => fileURLToPath(import.meta.resolve('pm2/bin/pm2'));

/** Time that PM2 waits for a process to exit before PM2 kills the process. */
const KILL_TIMEOUT_MS = 3000;

/** Runs one or more service processes under a separate PM2 daemon. The daemon restarts processes that end. */
export class Pm2Processes implements ManagedProcess {
  readonly home: string;
  readonly #options: Pm2Options;
  readonly #instances = new Set<Instance>();
  #restarts = 0;
  #ports: Record<string, number> | undefined;
  #stopping = false;
  #server: Server | undefined;
  #keeper: ChildProcess | undefined;
  #unlock: (() => Promise<void>) | undefined;

  constructor(options: Pm2Options) {
    this.#options = options;
    this.home = options.folder;
  }

  async start(): Promise<Record<string, number>> {
    const { folder, port } = this.#options;
    await mkdir(folder, { recursive: true });
    // Give only the owner access, because other users could run commands and read the configuration through the sockets
    // in this folder.
    await chmod(folder, 0o700);
    this.#unlock = await lockFolder(folder);
    await this.#killLeftoverDaemon();
    // Choose the port here, because with port 0 each process would pick a different port.
    this.#ports = { http: port || (await freePort()) };
    const ready = this.#listen();
    this.#keeper = await this.#launch();
    const failed = new Promise<never>((_, fail) => {
      this.#keeper?.once('exit', () => fail(new Problem(`PM2 did not start; see its logs in ${folder}`)));
      setTimeout(
        () =>
          fail(
            new Problem(
              `the service was not ready under PM2 within ${READY_TIMEOUT_MS / 1000} s; see the logs in ${folder}`,
            ),
          ),
        READY_TIMEOUT_MS,
      ).unref();
    });
    failed.catch(() => undefined);
    await Promise.race([ready, failed]);
    return this.#ports;
  }

  async applyFaults(): Promise<void> {
    await this.#requestAll((id) => ({ type: 'faults', id, active: this.#options.faults() }));
  }

  /** Returns the metrics of all service processes, aggregated, in Prometheus format. */
  async metrics(): Promise<string> {
    const metrics = await this.#requestAll((id) => ({ type: 'metrics', id }));
    const { AggregatorRegistry } = await import('prom-client');
    return AggregatorRegistry.aggregate(metrics.filter((processMetrics) => processMetrics !== undefined)).metrics();
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    const keeper = this.#keeper;
    if (keeper && keeper.exitCode === null && keeper.signalCode === null) {
      const ended = new Promise((done) => keeper.once('exit', done));
      keeper.stdin?.end();
      await ended;
    }
    for (const { socket } of this.#instances) socket.destroy();
    this.#server?.close();
    await this.#unlock?.();
  }

  /**
   * Kills the PM2 daemon that an earlier target left running. A daemon keeps running only if the target and the keeper
   * script were both killed.
   */
  async #killLeftoverDaemon(): Promise<void> {
    const { folder } = this.#options;
    if (existsSync(join(folder, 'pm2.pid')))
      await promisify(execFile)(process.execPath, [pm2(), 'kill'], { env: this.#env() }).catch(() => undefined);
    await rm(join(folder, 'logs'), { recursive: true, force: true });
    await rm(this.#socketPath, { force: true });
  }

  get #socketPath(): string {
    return join(this.#options.folder, 'link.sock');
  }

  /**
   * Waits for all service processes to connect, and resolves once all processes are ready. @throws Problem with the
   * reason that a process reported
   */
  async #listen(): Promise<void> {
    const { instances: expected } = this.#options;
    await new Promise<void>((done, fail) => {
      this.#server = createServer((socket) => {
        const instance = new Instance(socket, {
          onReady: () => {
            instance.send({ type: 'faults', id: 0, active: this.#options.faults() });
            if ([...this.#instances].filter(({ isReady }) => isReady).length === expected) done();
          },
          onFailure: (reason) => fail(new Problem(reason)),
          onEnd: () => this.#ended(instance),
        });
        this.#instances.add(instance);
        instance.send({ type: 'start', config: this.#options.config(this.#ports, this.#restarts) });
      });
      this.#server.once('error', fail);
      this.#server.listen(this.#socketPath);
    });
  }

  #ended(instance: Instance): void {
    this.#instances.delete(instance);
    if (this.#stopping || !instance.isReady) return;
    this.#restarts++;
    this.#options.onCrash('under PM2');
    // Update the faults of all processes, because the fault `crash` ends after the first crash.
    void this.applyFaults();
  }

  async #launch(): Promise<ChildProcess> {
    const { folder, name, mode, instances, module } = this.#options;
    const app = {
      name,
      script: module,
      interpreter: mode === 'cluster' ? 'node' : process.execPath,
      exec_mode: mode,
      instances,
      kill_timeout: KILL_TIMEOUT_MS,
      // Prevent PM2 from loading its own code into the service, because the code would change the measurements.
      pmx: false,
      vizion: false,
      out_file: '/dev/null',
      error_file: join(folder, 'logs', 'error.log'),
      merge_logs: true,
      env: { [LINK_VARIABLE]: this.#socketPath },
    };
    const file = join(folder, 'apps.json');
    await writeFile(file, JSON.stringify({ apps: [app] }));
    return spawn('/bin/sh', ['-c', KEEPER, 'pm2-keeper', process.execPath, pm2(), '--silent'], {
      env: { ...this.#env(), APPS: file },
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
    });
  }

  #env(): NodeJS.ProcessEnv {
    return { ...childEnvironment(), PM2_HOME: this.home };
  }

  #requestAll(messageOf: (id: number) => SupervisorMessage): Promise<(ProcessMetrics | undefined)[]> {
    return Promise.all(
      [...this.#instances].filter(({ isReady }) => isReady).map((instance) => instance.request(messageOf)),
    );
  }
}

type Events = { onReady(): void; onFailure(reason: string): void; onEnd(): void };

/** The connection of the supervisor to one service process under PM2. */
class Instance {
  isReady = false;
  readonly socket: Socket;
  readonly #pending = new Map<number, (metrics: ProcessMetrics | undefined) => void>();
  #lastId = 0;

  constructor(socket: Socket, { onReady, onFailure, onEnd }: Events) {
    this.socket = socket;
    socket.on('error', () => undefined);
    socket.on('close', () => {
      for (const done of this.#pending.values()) done(undefined);
      onEnd();
    });
    readLines<ChildMessage>(socket, (message) => {
      if (message.type === 'failed') onFailure(message.error);
      else if (message.type === 'ready') {
        this.isReady = true;
        onReady();
      } else {
        this.#pending.get(message.id)?.(message.metrics);
        this.#pending.delete(message.id);
      }
    });
  }

  send(message: SupervisorMessage): void {
    writeLine(this.socket, message);
  }

  /**
   * Sends a message to the process and waits for the reply. Resolves with the metrics in the reply; with undefined if
   * the reply contains no metrics, or the process ends before replying.
   */
  request(messageOf: (id: number) => SupervisorMessage): Promise<ProcessMetrics | undefined> {
    const id = ++this.#lastId;
    return new Promise((done) => {
      this.#pending.set(id, done);
      this.send(messageOf(id));
    });
  }
}
