import { errorMessageOf } from '../problem.ts';

export type JobState = 'queued' | 'running' | 'done' | 'failed';

export type JobStep = {
  name: string;
  ok: boolean;
  /** Time from the start of the job to the start of the step, in ms. */
  startedAfterMs: number;
  durationMs: number;
  error: string | null;
};

export type JobTrace = {
  id: string;
  state: JobState;
  /** Times are in ms since 1970; null until the job reaches that state. */
  queuedAt: number;
  startedAt: number | null;
  finishedAt: number | null;
  bookingId: number | null;
  steps: JobStep[];
};

/** Returns the trace of a job that was just queued. */
export const newTrace = (id: string): JobTrace => ({
  id,
  state: 'queued',
  queuedAt: Date.now(),
  startedAt: null,
  finishedAt: null,
  bookingId: null,
  steps: [],
});

/** Runs one step of a job and records its duration and result in the trace. Rethrows the error of a failed step. */
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
