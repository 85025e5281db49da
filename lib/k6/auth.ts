import crypto from 'k6/crypto';
import type { Authentication } from '../core/definition/index.ts';
import type { CallResult } from './call-result.ts';
import { type ProductVariable, variableValue } from './env.ts';
import type { Form } from './form.ts';

/** The headers that authenticate the requests of an endpoint. */
export interface Credentials {
  headers: Record<string, string>;
  /** Called before each request, to set headers that depend on it. */
  sign?: (headers: Record<string, string>, body: string | Form | undefined) => void;
}

/** No authentication: `endpoint('GET /health', { auth: none })`. */
export const none: Authentication = { scheme: 'none' };

/** A bearer token from an environment variable: `bearer(variables.API_TOKEN)`. */
export function bearer(variable: ProductVariable<string>): Authentication {
  return { scheme: 'bearer', variable: variable.name };
}

/** A key from an environment variable, in a header: `apiKey(variables.API_KEY, 'X-Api-Key')`. */
export function apiKey(variable: ProductVariable<string>, header: string): Authentication {
  return { scheme: 'api-key', variable: variable.name, header };
}

/**
 * A signature of the request body, as for webhooks: `signed(variables.WEBHOOK_SECRET, 'X-Signature')`. The header is
 * `sha256=` followed by the HMAC-SHA256 of the body in hexadecimal.
 */
export function signed(variable: ProductVariable<string>, header: string): Authentication {
  return { scheme: 'hmac-sha256', variable: variable.name, header };
}

/**
 * The headers of an authentication, to use in `Credentials` of your own. Endpoints accept an authentication directly:
 * `auth: bearer(variables.API_TOKEN)`.
 * @throws VariableError if its variable is not set
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
          headers[header] = `sha256=${crypto.hmac('sha256', secret, typeof body === 'string' ? body : '', 'hex')}`;
        },
      };
    }
  }
}

/** A token that a VU gets during the run and sends with later requests. */
export interface HeldToken {
  /**
   * The value of `auth` for endpoints that require the token. Until the VU has a token, requests carry no credentials.
   */
  credentials: Credentials;
  isHeld(): boolean;
  /**
   * Stores the token from the response to a sign-in. If the call was not ok, the token does not change.
   * @param path path of the token in the body
   * @returns whether the VU has a token now
   */
  setFrom(result: CallResult, path: string): boolean;
  /** Discards the token. */
  clear(): void;
}

/**
 * A bearer token that each VU gets by signing in:
 *
 *     const token = heldToken();
 *     const readAccount = endpoint('GET /account', { auth: token.credentials });
 *     token.setFrom(signIn.call('', body), 'token'); // in an iteration
 */
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

/** A well-formed but wrong signature, to test that the target refuses it: `auth: wrongSignature('X-Signature')`. */
export function wrongSignature(header: string): Credentials {
  return { headers: { [header]: `sha256=${'0'.repeat(64)}` } };
}
