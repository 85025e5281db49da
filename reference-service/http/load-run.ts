import type { FastifyInstance, FastifyRequest } from 'fastify';
import { httpError } from './errors.ts';

const HEADER = 'x-load-run';
const ID = /^[\w.:-]{1,64}$/;

/** The id of the load test run that sends a request, with which to mark what it creates; null where there is none. */
export function loadRunOf({ headers }: Pick<FastifyRequest, 'headers'>): string | null {
  const id = headers[HEADER];
  return typeof id === 'string' && ID.test(id) ? id : null;
}

/**
 * `DELETE /load-runs/:run`: removes what a run has created. To be called where only an administrator gets.
 *
 * @param remove counts by kind what it removes; called again, it finds nothing.
 */
export function addLoadRunRoute(
  app: FastifyInstance,
  remove: (run: string) => Promise<Readonly<Record<string, number>>>,
): void {
  app.delete<{ Params: { run: string } }>('/load-runs/:run', async ({ params: { run } }) => {
    if (!ID.test(run)) throw httpError(400, 'invalid_request', 'that is no id of a load test run');
    return { removed: await remove(run) };
  });
}
