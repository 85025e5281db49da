import { createHmac, timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { httpError } from '../../http/errors.ts';

/** Signed tokens that contain the account id. They are not stored, so sessions survive a restart of the service. */
export class Sessions {
  readonly #secret: string;

  constructor(secret: string) {
    this.#secret = secret;
  }

  tokenOf(account: number): string {
    return `${account}.${this.#signature(account)}`;
  }

  /**
   * The id of the account that sent the request.
   * @throws 401 without a valid token
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
