import Fastify, {
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type FastifySchemaValidationError,
} from 'fastify';
import { errorMessageOf } from '../problem.ts';
import type { HttpError } from './errors.ts';
import type { Metrics } from './metrics.ts';

export type AppOptions = {
  product: string;
  metrics: Metrics;
  /** Resolves to additional fields of the `/health` response. Rejects if the service is unhealthy. */
  health(): Promise<Readonly<Record<string, unknown>> | undefined>;
  /**
   * Called first for every request except `/health` and `/metrics`. If the function returns an error, the service
   * responds with this error.
   */
  onRequest(request: FastifyRequest, reply: FastifyReply): HttpError | undefined;
  /** Every request except `/metrics` waits for this promise before the request is handled. */
  waitForTurn(): Promise<void>;
};

const MONITORING_ROUTES = new Set(['/metrics', '/health']);

/**
 * Creates the HTTP server of a product. The server formats errors, serves `/health` and `/metrics`, and counts
 * requests.
 */
export function createApp(options: AppOptions): FastifyInstance {
  const app = Fastify({
    forceCloseConnections: true,
    exposeHeadRoutes: false,
    // Reject invalid bodies. By default, Fastify would convert values to the expected type and remove unknown
    // properties.
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false, verbose: true } },
    schemaErrorFormatter: ([first], location) => new Error(describeMismatch(first, location)),
  });

  app.addHook('onRequest', async (request, reply) => {
    const route = request.routeOptions.url ?? 'unmatched';
    if (MONITORING_ROUTES.has(route)) return;
    // Count requests on 'close', because this event occurs exactly once per request, even if the client disconnects
    // before the response.
    reply.raw.once('close', () => {
      const status = reply.raw.writableFinished ? reply.raw.statusCode : 499;
      options.metrics.countRequest(request.method, route, status);
    });
    const error = options.onRequest(request, reply);
    if (error) throw error;
  });

  app.addHook('onRequest', async (request) => {
    // Let requests to /metrics pass immediately, because metrics must remain available while the service is overloaded.
    if (request.routeOptions.url !== '/metrics') await options.waitForTurn();
  });

  app.setErrorHandler((error: FastifyError, request, reply) => {
    const status = error.statusCode ?? 500;
    if (status === 500) {
      process.stderr.write(`${request.method} ${request.url.split('?')[0]}: ${errorMessageOf(error)}\n`);
      reply.status(500).send({ error: 'internal_error', message: 'the service failed; see its log for the cause' });
      return;
    }
    // Replace error codes of Fastify (FST_ERR_…), because they mean nothing to a client.
    const code = error.code?.startsWith('FST_') || error.validation ? 'invalid_request' : error.code;
    reply.status(status).send({ error: code, message: error.message });
  });

  app.setNotFoundHandler((request, reply) => {
    reply
      .status(404)
      .send({ error: 'not_found', message: `there is no ${request.method} ${request.url.split('?')[0]}` });
  });

  app.get('/health', async (_request, reply) => {
    try {
      const details = await options.health();
      return { status: 'ok', product: options.product, ...details };
    } catch (error) {
      reply.status(503);
      const code = (error as Partial<HttpError>).code ?? 'unhealthy';
      return { status: 'unavailable', product: options.product, error: code, message: errorMessageOf(error) };
    }
  });

  app.get('/metrics', async (_request, reply) => {
    reply.type(options.metrics.registry.contentType);
    return options.metrics.registry.metrics();
  });

  return app;
}

/**
 * Returns an error message for a schema violation. If the schema has a `description`, the message contains it instead
 * of the pattern.
 */
function describeMismatch(error: FastifySchemaValidationError | undefined, location: string): string {
  const path = `${location}${error?.instancePath ?? ''}`;
  const schema = (error as { parentSchema?: { description?: string } } | undefined)?.parentSchema;
  if (schema?.description !== undefined) return `${path} must be ${schema.description}`;
  const unknownProperty = error?.params.additionalProperty;
  return `${path} ${error?.message ?? 'is not valid'}${unknownProperty === undefined ? '' : ` (${unknownProperty})`}`;
}
