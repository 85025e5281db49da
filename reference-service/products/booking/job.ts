import type { ConnectionPool } from '../../db/pool.ts';
import { Semaphore } from '../../queue/semaphore.ts';
import { type JobTrace, traceStep } from '../../queue/traces.ts';
import { type BookingJob, bookFromMessage } from './repository.ts';
import type { Upstreams } from './upstreams.ts';

export const CONFIRMATION_STEP = 'send-confirmation';

/**
 * Maximum share of the pool connections that jobs may use. The limit prevents many jobs from blocking requests. Within
 * this share, jobs have priority, so that many requests do not block jobs.
 */
const POOL_SHARE = 0.15;

/**
 * Returns the handler of booking jobs. The handler lets the AI analyze the message of a customer, creates a booking,
 * and sends a confirmation.
 */
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
