import type { ConnectionPool } from '../../db/pool.ts';
import { Semaphore } from '../../queue/semaphore.ts';
import { type JobTrace, traceStep } from '../../queue/traces.ts';
import { type BookingJob, bookFromMessage } from './repository.ts';
import type { Upstreams } from './upstreams.ts';

export const CONFIRMATION_STEP = 'send-confirmation';

/**
 * Share of the pool that all jobs together may use, with priority over requests. This way a backlog of jobs does not
 * starve requests, and many requests do not starve jobs.
 */
const POOL_SHARE = 0.15;

/** Handles a message of a customer: the AI analyzes it, a booking is created, and a confirmation is sent. */
export function bookingJobHandler(pool: ConnectionPool, { ai, whatsapp }: Upstreams) {
  const poolShare = new Semaphore(() => Math.max(1, Math.round(pool.max * POOL_SHARE)));
  return async (job: BookingJob, trace: JobTrace): Promise<void> => {
    const startedAt = performance.now();
    const analysis = await traceStep(trace, 'ai-processing', () => ai.call(job.text));
    const latencyMs = performance.now() - startedAt;
    const bookingId = await traceStep(trace, 'create-booking', () =>
      poolShare.run(() =>
        pool.run((client) => bookFromMessage(client, trace.id, job, analysis, latencyMs), {
          priority: 'high',
        }),
      ),
    );
    trace.bookingId = bookingId;
    await traceStep(trace, CONFIRMATION_STEP, () => whatsapp.call(job.from, 'Your booking is confirmed'));
  };
}
