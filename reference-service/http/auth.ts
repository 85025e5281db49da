import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { httpError } from './errors.ts';

const digest = (text: string) => createHash('sha256').update(text).digest();

/** A hook that rejects every request without `Authorization: Bearer <token>` with a 401. */
export function bearerAuth(token: string): (request: FastifyRequest) => Promise<void> {
  const expected = digest(`Bearer ${token}`);
  return async (request) => {
    const given = request.headers.authorization;
    // Compares digests, which all have the same length, so that the duration reveals nothing about the token.
    if (given === undefined || !timingSafeEqual(digest(given), expected)) {
      throw httpError(401, 'unauthorized', 'send the header "authorization: Bearer <token>" with a valid token');
    }
  };
}
