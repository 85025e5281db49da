import { type ChildProcess, fork } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import type { ActiveFaults } from '../faults/fault.ts';
import { Problem } from '../problem.ts';
import type { ChildMessage, SupervisorMessage } from './messages.ts';

/** A part of the target that the supervisor manages: one process, or several processes that share a port. */
export type ManagedProcess = {
  /**
   * Starts the process. @returns the ports, once the process listens on them @throws Problem if the process does not
   *   start
   */
  start(): Promise<Record<string, number>>;
  /** Sends the active faults to the process. Resolves once the process has applied the faults or has ended. */
  applyFaults(): Promise<void>;
  stop(): Promise<void>;
};

export type ProcessOptions = {
  module: string;
  /**
   * Returns the configuration with which the process starts. After a crash, `ports` are the ports of the first start,
   * which the process must use again.
   */
  config(ports: Record<string, number> | undefined, restarts: number): unknown;
  /** Called after the process has ended unexpectedly, before the process is restarted. */
  onCrash(reason: string): void;
  faults(): ActiveFaults;
};

export const READY_TIMEOUT_MS = 30_000;
const STOP_TIMEOUT_MS = 3000;
const MIN_RESTART_DELAY_MS = 150;
const MAX_RESTART_DELAY_MS = 5000;

/**
 * Environment variables that a child process inherits. Excludes secrets, which are sent in messages, and PG* variables,
 * which would change the behavior of the PostgreSQL client.
 */
const CHILD_VARIABLES = [
  'PATH',
  'HOME',
  'TMPDIR',
  'TZ',
  'LANG',
  'NODE_OPTIONS',
  'NODE_COMPILE_CACHE',
  'NODE_EXTRA_CA_CERTS',
];

export const childEnvironment = (): Record<string, string | undefined> =>
  Object.fromEntries(CHILD_VARIABLES.map((name) => [name, process.env[name]]));

/** A forked Node process that restarts automatically if it ends unexpectedly. */
export class ForkedProcess implements ManagedProcess {
  #restarts = 0;
  readonly #options: ProcessOptions;
  readonly #pending = new Map<number, () => void>();
  #process: ChildProcess;
  #ports: Record<string, number> | undefined;
  #lastId = 0;
  #stopping = false;
  #isReady = false;

  /** Forks the process immediately, so that the process loads modules while the supervisor prepares the database. */
  constructor(options: ProcessOptions) {
    this.#options = options;
    this.#process = this.#launch();
  }

  /**
   * Sends the configuration to the process, which then starts its server.
   *
   * @returns the ports, once the process listens on them
   * @throws Problem with the reason that the process reported
   */
  async start(): Promise<Record<string, number>> {
    const child = this.#process;
    const result = await new Promise<ChildMessage>((done) => {
      const timer = setTimeout(
        () => done({ type: 'failed', error: `not ready after ${READY_TIMEOUT_MS / 1000} s` }),
        READY_TIMEOUT_MS,
      );
      const settle = (message: ChildMessage) => {
        if (message.type === 'done') return;
        clearTimeout(timer);
        child.off('message', settle);
        done(message);
      };
      child.on('message', settle);
      child.once('exit', () => settle({ type: 'failed', error: 'the process ended while starting' }));
      this.#send({ type: 'start', config: this.#options.config(this.#ports, this.#restarts) });
    });
    if (result.type !== 'ready') {
      throw new Problem(result.type === 'failed' ? result.error : 'unexpected message');
    }
    this.#ports = result.ports;
    this.#isReady = true;
    return result.ports;
  }

  async applyFaults(): Promise<void> {
    const id = ++this.#lastId;
    if (!this.#isReady) return;
    await new Promise<void>((done) => {
      this.#pending.set(id, done);
      this.#send({ type: 'faults', id, active: this.#options.faults() });
    });
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    const child = this.#process;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise<true>((done) => child.once('exit', () => done(true)));
    this.#send({ type: 'stop' });
    if (await Promise.race([ended, delay(STOP_TIMEOUT_MS, false, { ref: false })])) return;
    child.kill('SIGKILL');
    await ended;
  }

  #launch(): ChildProcess {
    const child = fork(this.#options.module, {
      env: childEnvironment(),
      execArgv: [],
      // Redirect all output of child processes to stderr, because the stdout of the supervisor must contain only one
      // line of JSON.
      stdio: ['ignore', 2, 2, 'ipc'],
      // Start a separate process group, because Ctrl-C sends a signal to all processes in the group of the supervisor.
      detached: true,
    });
    child.on('message', (message: ChildMessage) => {
      if (message.type !== 'done') return;
      this.#pending.get(message.id)?.();
      this.#pending.delete(message.id);
    });
    child.on('error', () => undefined);
    child.on('exit', (code, signal) => {
      for (const done of this.#pending.values()) done();
      this.#pending.clear();
      const wasReady = this.#isReady;
      this.#isReady = false;
      if (wasReady && !this.#stopping) void this.#restart(signal ? `signal ${signal}` : `exit code ${code}`);
    });
    return child;
  }

  async #restart(reason: string): Promise<void> {
    this.#options.onCrash(reason);
    for (let delayMs = MIN_RESTART_DELAY_MS; ; delayMs = Math.min(delayMs * 2, MAX_RESTART_DELAY_MS)) {
      await delay(delayMs);
      if (this.#stopping) return;
      this.#restarts++;
      this.#process = this.#launch();
      try {
        await this.start();
        await this.applyFaults();
        return;
      } catch (error) {
        this.#process.kill('SIGKILL');
        if (this.#stopping) return;
        this.#options.onCrash(error instanceof Problem ? error.message : String(error));
      }
    }
  }

  #send(message: SupervisorMessage): void {
    // Ignore the error: if the process has ended, the 'exit' handler deals with it.
    if (this.#process.connected) this.#process.send(message, () => undefined);
  }
}
