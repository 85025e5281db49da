import type { FastifyInstance, FastifyRequest } from 'fastify';
import { httpError } from './errors.ts';

const LOAD_RUN_HEADER = 'x-load-run';
const LOAD_RUN_ID = /^[\w.:-]{1,64}$/;

/**
 * Returns the id of the load test run that sent a request; null if the request has no valid run id. The service marks
 * all records that it creates with this id.
 */
export function loadRunOf({ headers }: Pick<FastifyRequest, 'headers'>): string | null {
  const id = headers[LOAD_RUN_HEADER];
  return typeof id === 'string' && LOAD_RUN_ID.test(id) ? id : null;
}

/**
 * Adds the route `DELETE /load-runs/:run`, which removes the records that a load test run created. Add this route only
 * to apps that require the admin token.
 *
 * @param remove removes the records, and resolves to the number of removed records of each kind
 */
export function addLoadRunRoute(
  app: FastifyInstance,
  remove: (run: string) => Promise<Readonly<Record<string, number>>>,
): void {
  app.delete<{ Params: { run: string } }>('/load-runs/:run', async ({ params: { run } }) => {
    if (!LOAD_RUN_ID.test(run)) throw httpError(400, 'invalid_request', 'the id of the load test run is not valid');
    return { removed: await remove(run) };
  });
}
