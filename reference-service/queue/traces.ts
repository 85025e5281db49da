import { errorMessageOf } from '../problem.ts';

export type JobState = 'queued' | 'running' | 'done' | 'failed';

export type JobStep = {
  name: string;
  ok: boolean;
  /** Time in ms from the start of the job to the start of the step. */
  startedAfterMs: number;
  durationMs: number;
  error: string | null;
};

export type JobTrace = {
  id: string;
  state: JobState;
  /** Time in ms since 1970 at which the job was queued. Other times are null until the job starts or finishes. */
  queuedAt: number;
  startedAt: number | null;
  finishedAt: number | null;
  bookingId: number | null;
  steps: JobStep[];
};

/** Creates the trace of a job that was just queued. */
export const newTrace = (id: string): JobTrace => ({
  id,
  state: 'queued',
  queuedAt: Date.now(),
  startedAt: null,
  finishedAt: null,
  bookingId: null,
  steps: [],
});

/**
 * Runs one step of a job, and records the duration and the result of the step in the trace. If the step fails, rethrows
 * the error.
 */
export async function traceStep<T>(trace: JobTrace, name: string, action: () => Promise<T>): Promise<T> {
  const started = performance.now();
  const startedAfterMs = Date.now() - (trace.startedAt ?? Date.now());
  const record = (ok: boolean, error: string | null) =>
    trace.steps.push({ name, ok, startedAfterMs, durationMs: roundMs(performance.now() - started), error });
  try {
    const result = await action();
    record(true, null);
    return result;
  } catch (error) {
    record(false, errorMessageOf(error));
    throw error;
  }
}

const roundMs = (ms: number) => Math.round(ms * 100) / 100;
