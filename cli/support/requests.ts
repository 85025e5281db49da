import { createHmac } from 'node:crypto';
import {
  type Authentication,
  type ProcessEnvironment,
  VariableError,
} from '../../lib/core/definition/index.ts';

/**
 * What proves who sends a request.
 * @param env with the defaults of the product's variables in place
 */
export function authHeaders(
  auth: Authentication,
  body: string | undefined,
  env: ProcessEnvironment,
): Record<string, string> {
  switch (auth.scheme) {
    case 'none':
      return {};
    case 'bearer':
      return { Authorization: `Bearer ${credential(auth.variable, env)}` };
    case 'api-key':
      return { [auth.header]: credential(auth.variable, env) };
    case 'hmac-sha256': {
      const key = credential(auth.variable, env);
      return {
        [auth.header]: `sha256=${createHmac('sha256', key)
          .update(body ?? '')
          .digest('hex')}`,
      };
    }
  }
}

function credential(name: string, env: ProcessEnvironment): string {
  const value = env[name];
  if (!value) throw new VariableError(`${name} is not set: it is a credential of the target.`);
  return value;
}

/** Where an answer leads elsewhere it is not followed: k6 would be measuring that place. */
export function answerOf({ status, headers }: Response): string {
  const elsewhere = headers.get('location');
  return elsewhere === null ? `answered ${status}` : `answered ${status} (to ${elsewhere})`;
}
