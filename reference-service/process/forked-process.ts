import { type ChildProcess, fork } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import type { ActiveFaults } from '../faults/fault.ts';
import { Problem } from '../problem.ts';
import type { ChildMessage, SupervisorMessage } from './messages.ts';

/** A process of the target, or several that serve together. */
export type ManagedProcess = {
  /** @returns the ports on which it listens, once it does. @throws Problem */
  start(): Promise<Record<string, number>>;
  /** Resolves when it behaves as its active faults demand, or has ended. */
  applyFaults(): Promise<void>;
  stop(): Promise<void>;
};

export type ProcessOptions = {
  module: string;
  /** Asked at every start; told the ports that the first one got, to use them again. */
  config(ports: Record<string, number> | undefined, restarts: number): unknown;
  /** Called when the process ended by itself, before it is started again. */
  onCrash(how: string): void;
  faults(): ActiveFaults;
};

export const READY_TIMEOUT_MS = 30_000;
const STOP_TIMEOUT_MS = 3000;
const MIN_RESTART_DELAY_MS = 150;
const MAX_RESTART_DELAY_MS = 5000;

/** What is passed on of the environment: secrets travel in messages, and PG* would change behaviour. */
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

/** A Node process that is started again when it ends by itself. */
export class ForkedProcess implements ManagedProcess {
  #restarts = 0;
  readonly #options: ProcessOptions;
  readonly #waiting = new Map<number, () => void>();
  #process: ChildProcess;
  #ports: Record<string, number> | undefined;
  #serial = 0;
  #stopping = false;
  #up = false;

  /** Launches the process, which loads its modules while the supervisor prepares what it needs. */
  constructor(options: ProcessOptions) {
    this.#options = options;
    this.#process = this.#launch();
  }

  /**
   * Gives the process its configuration.
   *
   * @returns the ports on which it listens, once it does.
   * @throws Problem with the reason that the process gave.
   */
  async start(): Promise<Record<string, number>> {
    const child = this.#process;
    const answer = await new Promise<ChildMessage>((done) => {
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
      child.once('exit', () => settle({ type: 'failed', error: 'it ended while starting' }));
      this.#send({ type: 'start', config: this.#options.config(this.#ports, this.#restarts) });
    });
    if (answer.type !== 'ready') {
      throw new Problem(answer.type === 'failed' ? answer.error : 'unexpected answer');
    }
    this.#ports = answer.ports;
    this.#up = true;
    return answer.ports;
  }

  /** Resolves when the process behaves as its active faults demand, or has ended. */
  async applyFaults(): Promise<void> {
    const id = ++this.#serial;
    if (!this.#up) return;
    await new Promise<void>((done) => {
      this.#waiting.set(id, done);
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
      // Its output goes where logs go: the supervisor's own output is one line of JSON.
      stdio: ['ignore', 2, 2, 'ipc'],
      // Its own group, because Ctrl-C in a terminal reaches the whole group.
      detached: true,
    });
    child.on('message', (message: ChildMessage) => {
      if (message.type !== 'done') return;
      this.#waiting.get(message.id)?.();
      this.#waiting.delete(message.id);
    });
    child.on('error', () => undefined);
    child.on('exit', (code, signal) => {
      for (const done of this.#waiting.values()) done();
      this.#waiting.clear();
      const wasUp = this.#up;
      this.#up = false;
      if (wasUp && !this.#stopping) void this.#restart(signal ? `signal ${signal}` : `exit code ${code}`);
    });
    return child;
  }

  async #restart(how: string): Promise<void> {
    this.#options.onCrash(how);
    for (let pauseMs = MIN_RESTART_DELAY_MS; ; pauseMs = Math.min(pauseMs * 2, MAX_RESTART_DELAY_MS)) {
      await delay(pauseMs);
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
    // A process that has just ended takes no messages; its exit is handled where that is noticed.
    if (this.#process.connected) this.#process.send(message, () => undefined);
  }
}
