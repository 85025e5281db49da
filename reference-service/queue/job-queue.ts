import { setTimeout as sleep } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import type { ClientBase } from 'pg';
import { type Job, PgBoss } from 'pg-boss';
import type { ConnectionPool } from '../db/pool.ts';
import { type JobTrace, newTrace } from './traces.ts';

export type QueueOptions<T> = {
  name: string;
  schema: string;
  /** Pool for the queue's own statements: not the one that the requests compete for. */
  pool: ConnectionPool;
  /** Jobs in progress at one time. */
  concurrency: number;
  /** Does a job and records its steps in the trace; a throw means that the job failed. */
  handle(data: T, trace: JobTrace): Promise<void>;
  /** Stores how jobs ended. Called again with the same jobs when it throws. */
  persist(finished: readonly FinishedJob<T>[]): Promise<void>;
};

export type FinishedJob<T> = { data: T; trace: JobTrace };

const POLL_MS = 200;
/** Enough for those who wait for their job; older traces are in the database, and memory stays level. */
const RECENT_TRACES = 2000;
/** Attempts at a job whose process died. A job that fails by itself is not tried again. */
const ATTEMPTS_AFTER_CRASH = 10;

/** Creates the tables of the queue and the queues in them. */
export async function installQueues(url: string, schema: string, names: readonly string[]): Promise<void> {
  const boss = new PgBoss({ connectionString: url, schema, ...NO_BACKGROUND_WORK });
  boss.on('error', () => undefined);
  await boss.start();
  for (const name of names) await boss.createQueue(name, { retryLimit: ATTEMPTS_AFTER_CRASH, retryDelay: 0 });
  await boss.stop({ graceful: false });
}

/** Maintenance is for databases that outlive a run, and would disturb a measurement. */
const NO_BACKGROUND_WORK = { supervise: false, schedule: false, reindex: false, monitorVacuum: false };

/**
 * A durable queue in PostgreSQL. One statement per poll fetches as many jobs as there are free
 * places, and one settles what has finished since, so the cost hardly grows with the rate.
 */
export class JobQueue<T extends object> {
  /** Of the jobs that this process saw last. */
  readonly traces = new LRUCache<string, JobTrace>({ max: RECENT_TRACES });
  readonly completed = { done: 0, failed: 0 };
  running = 0;
  readonly #options: QueueOptions<T>;
  readonly #boss: PgBoss;
  readonly #queued = new Set<string>();
  #finished: FinishedJob<T>[] = [];
  #loop: Promise<void> | undefined;
  #stopping = false;

  constructor(options: QueueOptions<T>) {
    this.#options = options;
    this.#boss = new PgBoss({
      db: { executeSql: (text, values) => options.pool.query(text, values) },
      schema: options.schema,
      migrate: false,
      ...NO_BACKGROUND_WORK,
    });
    this.#boss.on('error', () => undefined);
  }

  /** Begins to work. `unfinished` are jobs that an earlier process may have left half-way. */
  async start(unfinished: readonly string[]): Promise<void> {
    await this.#boss.start();
    for (const id of unfinished) this.#queued.add(id);
    if (unfinished.length > 0) await this.#boss.fail(this.#options.name, [...unfinished]);
    this.#loop = this.#work();
  }

  get queued(): number {
    return this.#queued.size;
  }

  /**
   * Follows a job that `add` adds, by way of `send`, perhaps among other statements of a transaction.
   *
   * @param add resolves to whether the job was new; the same id again changes nothing.
   */
  async enqueue(id: string, add: () => Promise<boolean>): Promise<void> {
    const seen = this.traces.get(id) !== undefined;
    if (!seen) {
      // Before the statement, because a worker can be quicker than its answer.
      this.traces.set(id, newTrace(id));
      this.#queued.add(id);
    }
    const added = await add().catch((error) => {
      if (!seen) this.#forget(id);
      throw error;
    });
    // Known to the database only: an earlier process had it, and the stored trace is the true one.
    if (!added && !seen && this.#queued.has(id)) this.#forget(id);
  }

  /** Puts a job into the queue, through the given connection. */
  async send(client: ClientBase, id: string, data: T): Promise<void> {
    const db = { executeSql: (text: string, values?: unknown[]) => client.query(text, values) };
    await this.#boss.send(this.#options.name, data, { id, db });
  }

  #forget(id: string): void {
    this.#queued.delete(id);
    this.traces.delete(id);
  }

  /** Stops fetching and waits for nothing: what is in progress is taken up by the next process. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#loop;
    await this.#boss.stop({ graceful: false });
  }

  async #work(): Promise<void> {
    while (!this.#stopping) {
      const began = performance.now();
      try {
        await this.#settle();
        await this.#fetch();
      } catch {
        // The database is away; the next round tries again.
      }
      await sleep(Math.max(20, POLL_MS - (performance.now() - began)));
    }
  }

  async #fetch(): Promise<void> {
    const free = this.#options.concurrency - this.running;
    if (free <= 0) return;
    for (const job of await this.#boss.fetch<T>(this.#options.name, { batchSize: free })) void this.#run(job);
  }

  async #run(job: Job<T>): Promise<void> {
    const trace = this.traces.get(job.id) ?? newTrace(job.id);
    this.traces.set(job.id, trace);
    this.#queued.delete(job.id);
    this.running++;
    trace.state = 'running';
    trace.startedAt = Date.now();
    trace.steps = [];
    const outcome = await this.#options.handle(job.data, trace).then(
      () => 'done' as const,
      () => 'failed' as const,
    );
    this.running--;
    this.completed[outcome]++;
    trace.finishedAt = Date.now();
    trace.state = outcome;
    this.#finished.push({ data: job.data, trace });
  }

  async #settle(): Promise<void> {
    const batch = this.#finished;
    if (batch.length === 0) return;
    await this.#options.persist(batch);
    // Failed jobs are complete for the queue too: it would repeat them otherwise.
    await this.#boss.complete(
      this.#options.name,
      batch.map(({ trace }) => trace.id),
    );
    this.#finished = this.#finished.slice(batch.length);
  }
}
