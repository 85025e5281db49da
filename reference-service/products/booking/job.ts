import type { ConnectionPool } from '../../db/pool.ts';
import { Semaphore } from '../../queue/semaphore.ts';
import { type JobTrace, traceStep } from '../../queue/traces.ts';
import { type BookingJob, bookFromMessage } from './repository.ts';
import type { Upstreams } from './upstreams.ts';

export const CONFIRMATION_STEP = 'send-confirmation';

/**
 * Part of the pool that jobs may occupy together. Within it they come before the requests: so neither
 * a backlog starves the requests, nor a crowd of requests the jobs.
 */
const POOL_SHARE = 0.15;

/** From a customer's message to a confirmed booking: understand, book, confirm. */
export function bookingJobHandler(pool: ConnectionPool, { ai, whatsapp }: Upstreams) {
  const turns = new Semaphore(() => Math.max(1, Math.round(pool.max * POOL_SHARE)));
  return async (job: BookingJob, trace: JobTrace): Promise<void> => {
    const asked = performance.now();
    const understood = await traceStep(trace, 'ai-processing', () => ai.call(job.text));
    const latencyMs = performance.now() - asked;
    const bookingId = await traceStep(trace, 'create-booking', () =>
      turns.run(() =>
        pool.run((client) => bookFromMessage(client, trace.id, job, understood, latencyMs), {
          turn: 'first',
        }),
      ),
    );
    trace.bookingId = bookingId;
    await traceStep(trace, CONFIRMATION_STEP, () => whatsapp.call(job.from, 'Your booking is confirmed'));
  };
}
