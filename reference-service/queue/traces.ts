import { LRUCache } from 'lru-cache';
import { causeOf } from '../problem.ts';

export type JobState = 'queued' | 'running' | 'done' | 'failed';

export type JobStep = {
  name: string;
  ok: boolean;
  /** Time since the job began to run, in ms. */
  startedAfterMs: number;
  durationMs: number;
  error: string | null;
};

export type JobTrace = {
  id: string;
  state: JobState;
  /** Instants in ms since 1970; null until reached. */
  queuedAt: number;
  startedAt: number | null;
  finishedAt: number | null;
  bookingId: number | null;
  steps: JobStep[];
};

/** Traces of the jobs that this process saw last. */
export class JobTraces {
  readonly #recent: LRUCache<string, JobTrace>;

  constructor(max: number) {
    this.#recent = new LRUCache({ max });
  }

  get(id: string): JobTrace | undefined {
    return this.#recent.get(id);
  }

  forget(id: string): void {
    this.#recent.delete(id);
  }

  /** The trace of a job, a new one where there is none. */
  queued(id: string, queuedAt = Date.now()): JobTrace {
    const known = this.#recent.get(id);
    if (known) return known;
    const trace: JobTrace = {
      id,
      state: 'queued',
      queuedAt,
      startedAt: null,
      finishedAt: null,
      bookingId: null,
      steps: [],
    };
    this.#recent.set(id, trace);
    return trace;
  }
}

/** Runs one step of a job and records how long it took and how it ended; a failure is passed on. */
export async function traced<T>(trace: JobTrace, name: string, action: () => Promise<T>): Promise<T> {
  const started = performance.now();
  const startedAfterMs = Date.now() - (trace.startedAt ?? Date.now());
  const record = (ok: boolean, error: string | null) =>
    trace.steps.push({ name, ok, startedAfterMs, durationMs: rounded(performance.now() - started), error });
  try {
    const result = await action();
    record(true, null);
    return result;
  } catch (error) {
    record(false, causeOf(error));
    throw error;
  }
}

const rounded = (ms: number) => Math.round(ms * 100) / 100;
