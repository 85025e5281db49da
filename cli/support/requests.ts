import { createHmac } from 'node:crypto';
import { type Authentication, readVariable } from '../../lib/core/definition/index.ts';

/** What proves who sends a request. */
export function authHeaders(
  auth: Authentication,
  body: string | undefined,
  env: NodeJS.ProcessEnv,
): Record<string, string> {
  switch (auth.scheme) {
    case 'none':
      return {};
    case 'bearer':
      return { Authorization: `Bearer ${readVariable(auth.variable, env)}` };
    case 'api-key':
      return { [auth.header]: String(readVariable(auth.variable, env)) };
    case 'hmac-sha256': {
      const key = String(readVariable(auth.variable, env));
      return {
        [auth.header]: `sha256=${createHmac('sha256', key)
          .update(body ?? '')
          .digest('hex')}`,
      };
    }
  }
}

/** Where an answer leads elsewhere it is not followed: k6 would be measuring that place. */
export function answerOf({ status, headers }: Response): string {
  const elsewhere = headers.get('location');
  return elsewhere === null ? `answered ${status}` : `answered ${status} (to ${elsewhere})`;
}
