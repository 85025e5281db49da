import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { httpError } from './errors.ts';

const digest = (text: string) => createHash('sha256').update(text).digest();

/** Returns a hook that responds with a 401 to every request without `Authorization: Bearer <token>`. */
export function bearerAuth(token: string): (request: FastifyRequest) => Promise<void> {
  const expected = digest(`Bearer ${token}`);
  return async (request) => {
    const given = request.headers.authorization;
    // Compare digests in constant time, so that the response time reveals nothing about the expected token.
    if (given === undefined || !timingSafeEqual(digest(given), expected)) {
      throw httpError(401, 'unauthorized', 'send the header "authorization: Bearer <token>" with a valid token');
    }
  };
}
