import type { FastifyReply, FastifyRequest } from 'fastify';
import { type HttpError, httpError } from '../http/errors.ts';
import { type FaultSwitch, ValueSwitch } from './switchboard.ts';

type RequestFaults = {
  switches: Readonly<Record<string, FaultSwitch>>;
  /** To be called for every request before it is routed to a handler. */
  onRequest(request: FastifyRequest, reply: FastifyReply): HttpError | undefined;
};

/**
 * Faults that act on each request of the service, except its own health and metrics.
 *
 * @param losableRoute template of the route that can go missing
 */
export function requestFaults(losableRoute: string | undefined): RequestFaults {
  let limiter: TokenBuckets | undefined;
  const refusedToken = new ValueSwitch();
  const missingRoute = new ValueSwitch();
  const cpuBurn = new ValueSwitch();
  let requestsUntilCrash: number | undefined;
  return {
    switches: {
      'rate-limit': {
        apply: (perSecond) => {
          limiter = new TokenBuckets(perSecond);
        },
        lift: () => {
          limiter = undefined;
        },
      },
      'refused-token': refusedToken,
      'missing-route': missingRoute,
      'cpu-burn': cpuBurn,
      crash: {
        apply: (requests) => {
          requestsUntilCrash = requests;
          if (requests === 0) crashSoon();
        },
        lift: () => {
          requestsUntilCrash = undefined;
        },
      },
    },
    onRequest(request, reply) {
      if (requestsUntilCrash !== undefined && --requestsUntilCrash === 0) crashSoon();
      if (cpuBurn.value > 0) burn(cpuBurn.value);
      const { authorization } = request.headers;
      if (authorization !== undefined && Math.random() < refusedToken.value)
        return httpError(401, 'unauthorized', 'the token is not valid any more');
      if (request.routeOptions.url === losableRoute && Math.random() < missingRoute.value)
        return httpError(404, 'not_found', `there is no ${request.method} ${request.url.split('?')[0]}`);
      const waitS = limiter?.take(authorization ?? 'no token') ?? 0;
      if (waitS === 0) return undefined;
      reply.header('retry-after', Math.ceil(waitS));
      return httpError(429, 'rate_limited', 'too many requests for this token; wait and try again');
    },
  };
}

/** Long enough for the acknowledgement of the fault to leave the process. */
function crashSoon(): void {
  setTimeout(() => {
    throw new Error('crash fault');
  }, 20);
}

function burn(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

/** One token bucket a key, holding one second's worth of requests, at least one. */
export class TokenBuckets {
  readonly #perSecond: number;
  readonly #buckets = new Map<string, { tokens: number; at: number }>();

  constructor(perSecond: number) {
    this.#perSecond = perSecond;
  }

  /** Takes a token. Returns 0, or the seconds until one will be there. */
  take(key: string, now = performance.now()): number {
    const size = Math.max(1, this.#perSecond);
    const bucket = this.#buckets.get(key) ?? { tokens: size, at: now };
    // The key is chosen by the client, so the number of buckets has to be bounded.
    if (this.#buckets.size >= 10_000) this.#buckets.clear();
    bucket.tokens = Math.min(size, bucket.tokens + ((now - bucket.at) / 1000) * this.#perSecond);
    bucket.at = now;
    this.#buckets.set(key, bucket);
    if (bucket.tokens < 1) return (1 - bucket.tokens) / this.#perSecond;
    bucket.tokens -= 1;
    return 0;
  }
}
