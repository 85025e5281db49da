import type { FastifyReply, FastifyRequest } from 'fastify';
import { type HttpError, httpError } from '../http/errors.ts';
import { type FaultSwitch, ValueSwitch } from './switchboard.ts';

type RequestFaults = {
  switches: Readonly<Record<string, FaultSwitch>>;
  /**
   * Must be called for every request before the request is handled. If an active fault affects the request, returns the
   * error to respond with.
   */
  onRequest(request: FastifyRequest, reply: FastifyReply): HttpError | undefined;
};

/**
 * Creates the faults that affect requests to the service, except for `/health` and `/metrics`.
 *
 * @param removableRoute template of the route that the fault `missing-route` removes
 */
export function requestFaults(removableRoute: string | undefined): RequestFaults {
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
        return httpError(401, 'unauthorized', 'the token is no longer valid');
      if (request.routeOptions.url === removableRoute && Math.random() < missingRoute.value)
        return httpError(404, 'not_found', `there is no ${request.method} ${request.url.split('?')[0]}`);
      const waitS = limiter?.take(authorization ?? 'no token') ?? 0;
      if (waitS === 0) return undefined;
      reply.header('retry-after', Math.ceil(waitS));
      return httpError(429, 'rate_limited', 'too many requests for this token; wait and try again');
    },
  };
}

/** Crashes the process after a short delay. During the delay, the process can confirm that it has applied the fault. */
function crashSoon(): void {
  setTimeout(() => {
    throw new Error('crash fault');
  }, 20);
}

function burn(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

const MAX_BUCKETS = 10_000;

/**
 * A rate limiter with one token bucket per key. The capacity of a bucket is the number of tokens per second, but at
 * least one token.
 */
export class TokenBuckets {
  readonly #perSecond: number;
  readonly #buckets = new Map<string, { tokens: number; updatedAtMs: number }>();

  constructor(perSecond: number) {
    this.#perSecond = perSecond;
  }

  /**
   * Takes a token from the bucket of the key and returns 0. If the bucket is empty, returns the time in seconds until
   * the next token is available. `now` is in ms.
   */
  take(key: string, now = performance.now()): number {
    const size = Math.max(1, this.#perSecond);
    const bucket = this.#buckets.get(key) ?? { tokens: size, updatedAtMs: now };
    // Limit the number of buckets. Otherwise, clients could fill the memory by sending many different keys.
    if (this.#buckets.size >= MAX_BUCKETS) this.#buckets.clear();
    bucket.tokens = Math.min(size, bucket.tokens + ((now - bucket.updatedAtMs) / 1000) * this.#perSecond);
    bucket.updatedAtMs = now;
    this.#buckets.set(key, bucket);
    if (bucket.tokens < 1) return (1 - bucket.tokens) / this.#perSecond;
    bucket.tokens -= 1;
    return 0;
  }
}
