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
import {
  childEnvironment,
  type ManagedProcess,
  type ProcessOptions,
  READY_TIMEOUT_MS,
} from './forked-process.ts';
import { LINK_VARIABLE, readLines, writeLine } from './link.ts';
import type { ChildMessage, ProcessMetrics, SupervisorMessage } from './messages.ts';

export type Pm2Options = ProcessOptions & {
  name: string;
  mode: 'fork' | 'cluster';
  instances: number;
  /** 0 picks a free one. */
  port: number;
  /** For PM2 alone, which keeps its socket, lists and logs there. */
  folder: string;
};

/**
 * Starts the daemon and the processes, and ends all of them when its input does: that is when the supervisor ends, in
 * whatever way. One after the other, because a daemon that is still starting cannot be ended.
 */
const KEEPER = 'trap "" INT TERM HUP; "$@" start "$APPS" >&2 || exit 1; cat > /dev/null; "$@" kill >&2';

const pm2 = () => fileURLToPath(import.meta.resolve('pm2/bin/pm2'));

/** How long a process has to end by itself when PM2 tells it to. */
const KILL_TIMEOUT_MS = 3000;

/** The service as one process or several under a PM2 of its own, which starts again what ends. */
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
    // Through the sockets in it, PM2 runs what it is told, and the service hands out its configuration.
    await chmod(folder, 0o700);
    this.#unlock = await lockFolder(folder);
    await this.#clear();
    // They share a port that they are told: each would pick a free one of its own.
    this.#ports = { http: port || (await freePort()) };
    const ready = this.#listen();
    this.#keeper = await this.#launch();
    const failed = new Promise<never>((_, fail) => {
      this.#keeper?.once('exit', () => fail(new Problem(`PM2 did not start; its logs are in ${folder}`)));
      setTimeout(
        () =>
          fail(
            new Problem(`not ready under PM2 after ${READY_TIMEOUT_MS / 1000} s; its logs are in ${folder}`),
          ),
        READY_TIMEOUT_MS,
      ).unref();
    });
    failed.catch(() => undefined);
    await Promise.race([ready, failed]);
    return this.#ports;
  }

  async applyFaults(): Promise<void> {
    await this.#askAll((id) => ({ type: 'faults', id, active: this.#options.faults() }));
  }

  /** Of all processes together, in Prometheus format. */
  async metrics(): Promise<string> {
    const answers = await this.#askAll((id) => ({ type: 'metrics', id }));
    const { AggregatorRegistry } = await import('prom-client');
    return AggregatorRegistry.aggregate(answers.filter((one) => one !== undefined)).metrics();
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

  /** Ends what an earlier start left behind that was killed together with its keeper. */
  async #clear(): Promise<void> {
    const { folder } = this.#options;
    if (existsSync(join(folder, 'pm2.pid')))
      await promisify(execFile)(process.execPath, [pm2(), 'kill'], { env: this.#env() }).catch(
        () => undefined,
      );
    await rm(join(folder, 'logs'), { recursive: true, force: true });
    await rm(this.#socketPath, { force: true });
  }

  get #socketPath(): string {
    return join(this.#options.folder, 'link.sock');
  }

  /** Resolves once all processes serve. @throws Problem with the reason that one gave */
  async #listen(): Promise<void> {
    const { instances: wanted } = this.#options;
    await new Promise<void>((done, fail) => {
      this.#server = createServer((socket) => {
        const instance = new Instance(socket, {
          onReady: () => {
            instance.tell({ type: 'faults', id: 0, active: this.#options.faults() });
            if ([...this.#instances].filter(({ up }) => up).length === wanted) done();
          },
          onFailure: (reason) => fail(new Problem(reason)),
          onEnd: () => this.#ended(instance),
        });
        this.#instances.add(instance);
        instance.tell({ type: 'start', config: this.#options.config(this.#ports, this.#restarts) });
      });
      this.#server.once('error', fail);
      this.#server.listen(this.#socketPath);
    });
  }

  #ended(instance: Instance): void {
    this.#instances.delete(instance);
    if (this.#stopping || !instance.up) return;
    this.#restarts++;
    this.#options.onCrash('under PM2');
    // What one crash has ended is ended for all.
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
      // Nothing of PM2 within the service, which is to be measured.
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

  #askAll(question: (id: number) => SupervisorMessage): Promise<(ProcessMetrics | undefined)[]> {
    return Promise.all([...this.#instances].filter(({ up }) => up).map((instance) => instance.ask(question)));
  }
}

type Events = { onReady(): void; onFailure(reason: string): void; onEnd(): void };

/** One process of the service, at the other end of a socket. */
class Instance {
  up = false;
  readonly socket: Socket;
  readonly #waiting = new Map<number, (metrics: ProcessMetrics | undefined) => void>();
  #serial = 0;

  constructor(socket: Socket, { onReady, onFailure, onEnd }: Events) {
    this.socket = socket;
    socket.on('error', () => undefined);
    socket.on('close', () => {
      for (const done of this.#waiting.values()) done(undefined);
      onEnd();
    });
    readLines<ChildMessage>(socket, (message) => {
      if (message.type === 'failed') onFailure(message.error);
      else if (message.type === 'ready') {
        this.up = true;
        onReady();
      } else {
        this.#waiting.get(message.id)?.(message.metrics);
        this.#waiting.delete(message.id);
      }
    });
  }

  tell(message: SupervisorMessage): void {
    writeLine(this.socket, message);
  }

  /** Resolves with its answer, or with nothing where it ends first. */
  ask(question: (id: number) => SupervisorMessage): Promise<ProcessMetrics | undefined> {
    const id = ++this.#serial;
    return new Promise((done) => {
      this.#waiting.set(id, done);
      this.tell(question(id));
    });
  }
}
