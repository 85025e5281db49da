import crypto from 'k6/crypto';
import type { Authentication } from '../core/plan.ts';
import { env } from './env.ts';

/** Headers that are the same for every request of an endpoint, and those that depend on its body. */
export interface Credentials {
  headers: Record<string, string>;
  /** Adds to the headers what only the body decides. Absent where nothing does. */
  sign?: (headers: Record<string, string>, body: string) => void;
}

/** The admin endpoints of a product take a bearer token. */
export function bearer(variable: 'ADMIN_TOKEN'): Authentication {
  return { scheme: 'bearer', variable };
}

/** A webhook is signed: HMAC-SHA256 over the raw body, in hexadecimal behind `sha256=`. */
export function signed(variable: 'WEBHOOK_SECRET', header: string): Authentication {
  return { scheme: 'hmac-sha256', variable, header };
}

export function credentials(auth: Authentication): Credentials {
  switch (auth.scheme) {
    case 'none':
      return { headers: {} };
    case 'bearer':
      return { headers: { Authorization: `Bearer ${env(auth.variable)}` } };
    case 'hmac-sha256': {
      const secret = String(env(auth.variable));
      const { header } = auth;
      return {
        headers: {},
        sign: (headers, body) => {
          headers[header] = `sha256=${crypto.hmac('sha256', secret, body, 'hex')}`;
        },
      };
    }
  }
}

/** Credentials of the right form and the wrong value: what a target has to refuse. */
export function wrongSignature(header: string): Credentials {
  return { headers: { [header]: `sha256=${'0'.repeat(64)}` } };
}
