import { createHmac } from 'node:crypto';
import { type Authentication, type ProcessEnvironment, VariableError } from '../../lib/core/definition/index.ts';

/**
 * Returns the headers that authenticate a request.
 * @param env the environment, including default values of the product's variables
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
  if (!value) throw new VariableError(`${name} is not set, but the target requires it as a credential.`);
  return value;
}

/**
 * Describes a response for messages, including the location of a redirect. The runner does not follow redirects,
 * because k6 would then test another service.
 */
export function responseText({ status, headers }: Response): string {
  const location = headers.get('location');
  return location === null ? `returned HTTP ${status}` : `returned HTTP ${status} (redirect to ${location})`;
}
