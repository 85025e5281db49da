import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { httpError } from './errors.ts';

const digest = (text: string) => createHash('sha256').update(text).digest();

/** A hook that ends every request without `Authorization: Bearer <token>` with 401. */
export function bearerAuth(token: string): (request: FastifyRequest) => Promise<void> {
  const expected = digest(`Bearer ${token}`);
  return async (request) => {
    const given = request.headers.authorization;
    // Digests have one length, so the comparison takes the same time whatever was sent.
    if (given === undefined || !timingSafeEqual(digest(given), expected)) {
      throw httpError(
        401,
        'unauthorized',
        'send the header "authorization: Bearer <token>" with a valid token',
      );
    }
  };
}
