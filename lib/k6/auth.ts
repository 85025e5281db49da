import crypto from 'k6/crypto';
import type { Authentication } from '../core/definition/index.ts';
import type { CallResult } from './call-result.ts';
import { type ProductVariable, variableValue } from './env.ts';
import type { Form } from './form.ts';

/** The headers by which requests of an endpoint prove who sends them. */
export interface Credentials {
  headers: Record<string, string>;
  /** Sets the headers that depend on the request, before it is sent. */
  sign?: (headers: Record<string, string>, body: string | Form | undefined) => void;
}

/** Requests without credentials. */
export const none: Authentication = { scheme: 'none' };

/** A bearer token that is given by the environment. */
export function bearer(variable: ProductVariable<string>): Authentication {
  return { scheme: 'bearer', variable: variable.name };
}

/** A key in a header of its own. */
export function apiKey(variable: ProductVariable<string>, header: string): Authentication {
  return { scheme: 'api-key', variable: variable.name, header };
}

/** A webhook is signed: HMAC-SHA256 over the raw body, in hexadecimal behind `sha256=`. */
export function signed(variable: ProductVariable<string>, header: string): Authentication {
  return { scheme: 'hmac-sha256', variable: variable.name, header };
}

/**
 * The headers for an authentication, for requests whose credentials depend on the iteration.
 * @throws VariableError where the variable is not set
 */
export function credentials(auth: Authentication): Credentials {
  switch (auth.scheme) {
    case 'none':
      return { headers: {} };
    case 'bearer':
      return { headers: { Authorization: `Bearer ${variableValue(auth.variable)}` } };
    case 'api-key':
      return { headers: { [auth.header]: String(variableValue(auth.variable)) } };
    case 'hmac-sha256': {
      const secret = String(variableValue(auth.variable));
      const { header } = auth;
      return {
        headers: {},
        sign: (headers, body) => {
          headers[header] =
            `sha256=${crypto.hmac('sha256', secret, typeof body === 'string' ? body : '', 'hex')}`;
        },
      };
    }
  }
}

/** The token of one VU. */
export interface HeldToken {
  /** For `auth` of the endpoints that need the token. Without a token, they are sent no credentials. */
  credentials: Credentials;
  isHeld(): boolean;
  /**
   * Holds the token in the body of a response that is ok, and changes nothing otherwise.
   * @param path to the token in the body
   * @returns whether a token is held now
   */
  setFrom(answer: CallResult, path: string): boolean;
  /** Forgets the token. */
  clear(): void;
}

/** A bearer token that a VU gets by signing in and then holds. Each VU has its own. */
export function heldToken(): HeldToken {
  let authorization: string | undefined;
  return {
    credentials: {
      headers: {},
      sign: (headers) => {
        if (authorization === undefined) delete headers.Authorization;
        else headers.Authorization = authorization;
      },
    },
    isHeld: () => authorization !== undefined,
    setFrom: ({ ok, response }, path) => {
      const token = ok ? response.json(path) : undefined;
      if (typeof token === 'string') authorization = `Bearer ${token}`;
      return authorization !== undefined;
    },
    clear: () => {
      authorization = undefined;
    },
  };
}

/** A signature of the right form and the wrong value, which the target has to refuse. */
export function wrongSignature(header: string): Credentials {
  return { headers: { [header]: `sha256=${'0'.repeat(64)}` } };
}
