import { setTimeout as sleep } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import type { ClientBase } from 'pg';
import { type Job, PgBoss } from 'pg-boss';
import type { ConnectionPool } from '../db/pool.ts';
import { type JobTrace, newTrace } from './traces.ts';

export type QueueOptions<T> = {
  name: string;
  schema: string;
  /** Connection pool for the SQL statements of the queue. Must not be the pool that requests use. */
  pool: ConnectionPool;
  /** Maximum number of jobs that run at the same time. */
  concurrency: number;
  /**
   * Executes a job, and records the steps of the job in the trace. If this function throws, the job counts as failed.
   */
  handle(data: T, trace: JobTrace): Promise<void>;
  /** Stores the results of finished jobs. If this function throws, the queue calls it again with the same jobs. */
  persist(finished: readonly FinishedJob<T>[]): Promise<void>;
};

export type FinishedJob<T> = { data: T; trace: JobTrace };

const POLL_MS = 200;
/**
 * Maximum number of job traces in memory. Older traces are in the database, because clients usually request recent
 * traces.
 */
const MAX_TRACES = 2000;
/** Maximum number of retries if the process crashes during a job. A job that fails with an error is not retried. */
const MAX_RETRIES_AFTER_CRASH = 10;

/** Creates the tables of pg-boss, and the job queues with the given names. */
export async function installQueues(url: string, schema: string, names: readonly string[]): Promise<void> {
  const boss = new PgBoss({ connectionString: url, schema, ...NO_BACKGROUND_WORK });
  boss.on('error', () => undefined);
  await boss.start();
  for (const name of names) await boss.createQueue(name, { retryLimit: MAX_RETRIES_AFTER_CRASH, retryDelay: 0 });
  await boss.stop({ graceful: false });
}

/**
 * Options that turn off the maintenance work of pg-boss. Maintenance would affect measurements, and is not needed for a
 * database that is recreated for every run.
 */
const NO_BACKGROUND_WORK = { supervise: false, schedule: false, reindex: false, monitorVacuum: false };

/**
 * A durable job queue in PostgreSQL. Each poll needs only two SQL statements: one fetches as many jobs as can run, and
 * one completes all finished jobs. Therefore, the load on the database hardly depends on the number of jobs.
 */
export class JobQueue<T extends object> {
  /** Traces of the latest jobs that this process handled, by job id. */
  readonly traces = new LRUCache<string, JobTrace>({ max: MAX_TRACES });
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

  /**
   * Starts polling the database for jobs.
   *
   * @param unfinished ids of jobs that an earlier process may have left unfinished. The queue retries unfinished jobs.
   */
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
   * Creates the trace of a job, and calls `add` to add the job to the queue. `add` must call `send`, possibly within a
   * transaction.
   *
   * @param add resolves to true if the job was new. Must have no effect if the job was already added.
   */
  async enqueue(id: string, add: () => Promise<boolean>): Promise<void> {
    const isTraced = this.traces.get(id) !== undefined;
    if (!isTraced) {
      // Create the trace before the statement runs, because a worker can start the job before the statement returns.
      this.traces.set(id, newTrace(id));
      this.#queued.add(id);
    }
    const added = await add().catch((error) => {
      if (!isTraced) this.#forget(id);
      throw error;
    });
    // Discard the new trace: an earlier process already added the job, so the trace of the job is in the database.
    if (!added && !isTraced && this.#queued.has(id)) this.#forget(id);
  }

  /** Adds a job to the queue through the given database connection. */
  async send(client: ClientBase, id: string, data: T): Promise<void> {
    const db = { executeSql: (text: string, values?: unknown[]) => client.query(text, values) };
    await this.#boss.send(this.#options.name, data, { id, db });
  }

  #forget(id: string): void {
    this.#queued.delete(id);
    this.traces.delete(id);
  }

  /** Stops polling. Does not wait for running jobs, because the next process retries unfinished jobs. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#loop;
    await this.#boss.stop({ graceful: false });
  }

  async #work(): Promise<void> {
    while (!this.#stopping) {
      const startedAt = performance.now();
      try {
        await this.#completeFinished();
        await this.#fetch();
      } catch {
        // Ignore the error: if the database is unavailable, the next poll tries again.
      }
      await sleep(Math.max(20, POLL_MS - (performance.now() - startedAt)));
    }
  }

  async #fetch(): Promise<void> {
    const capacity = this.#options.concurrency - this.running;
    if (capacity <= 0) return;
    for (const job of await this.#boss.fetch<T>(this.#options.name, { batchSize: capacity })) void this.#run(job);
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

  async #completeFinished(): Promise<void> {
    const batch = this.#finished;
    if (batch.length === 0) return;
    await this.#options.persist(batch);
    // Complete failed jobs as well, because otherwise pg-boss would retry them.
    await this.#boss.complete(
      this.#options.name,
      batch.map(({ trace }) => trace.id),
    );
    this.#finished = this.#finished.slice(batch.length);
  }
}
