import { createHmac, timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { httpError } from '../../http/errors.ts';

/**
 * Creates and verifies session tokens. A token contains the signed account id and is not stored, so sessions survive a
 * restart of the service.
 */
export class Sessions {
  readonly #secret: string;

  constructor(secret: string) {
    this.#secret = secret;
  }

  tokenOf(account: number): string {
    return `${account}.${this.#signature(account)}`;
  }

  /**
   * Returns the id of the account that sent the request.
   * @throws 401 if the request has no valid token
   */
  accountOf({ headers: { authorization } }: FastifyRequest): number {
    const [account = '', signature = ''] = authorization?.replace(/^Bearer /, '').split('.') ?? [];
    const given = Buffer.from(signature);
    const expected = Buffer.from(this.#signature(Number(account)));
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
      throw httpError(401, 'unauthorized', 'sign in, and send "authorization: Bearer <token>"');
    }
    return Number(account);
  }

  #signature(account: number): string {
    return createHmac('sha256', this.#secret).update(`session:${account}`).digest('base64url');
  }
}
