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
  /** What is said beside `status` and `product`. Rejects when the service can't do its work. */
  health(): Promise<Readonly<Record<string, unknown>> | undefined>;
  /** Called first for every request of a product; an error ends the request with it. */
  onRequest(request: FastifyRequest, reply: FastifyReply): HttpError | undefined;
  /** Awaited before a request is served, health checks among them. */
  waitForTurn(): Promise<void>;
};

const MONITORING_ROUTES = new Set(['/metrics', '/health']);

/** The HTTP server that products are plugged into: errors, health, metrics and request counts. */
export function createApp(options: AppOptions): FastifyInstance {
  const app = Fastify({
    forceCloseConnections: true,
    exposeHeadRoutes: false,
    // A number is not taken for a string, nor an unknown property dropped in silence.
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false, verbose: true } },
    schemaErrorFormatter: ([first], place) => new Error(describeMismatch(first, place)),
  });

  app.addHook('onRequest', async (request, reply) => {
    const route = request.routeOptions.url ?? 'unmatched';
    if (MONITORING_ROUTES.has(route)) return;
    // 'close' comes exactly once, also when the client goes away before there is an answer.
    reply.raw.once('close', () => {
      const status = reply.raw.writableFinished ? reply.raw.statusCode : 499;
      options.metrics.countRequest(request.method, route, status);
    });
    const error = options.onRequest(request, reply);
    if (error) throw error;
  });

  app.addHook('onRequest', async (request) => {
    // Whoever watches an overloaded service still has to see it.
    if (request.routeOptions.url !== '/metrics') await options.waitForTurn();
  });

  app.setErrorHandler((error: FastifyError, request, reply) => {
    const status = error.statusCode ?? 500;
    if (status === 500) {
      process.stderr.write(`${request.method} ${request.url.split('?')[0]}: ${errorMessageOf(error)}\n`);
      reply
        .status(500)
        .send({ error: 'internal_error', message: 'the service failed; its log has the cause' });
      return;
    }
    // Fastify's own codes (FST_ERR_…) say nothing to a client.
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

/** Schemas say in `description` what a value must be, which is clearer than the pattern it failed. */
function describeMismatch(error: FastifySchemaValidationError | undefined, place: string): string {
  const path = `${place}${error?.instancePath ?? ''}`;
  const schema = (error as { parentSchema?: { description?: string } } | undefined)?.parentSchema;
  if (schema?.description !== undefined) return `${path} must be ${schema.description}`;
  const extra = error?.params.additionalProperty;
  return `${path} ${error?.message ?? 'is not valid'}${extra === undefined ? '' : ` (${extra})`}`;
}
