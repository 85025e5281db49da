/** Why a client got no response. `unanswered` requests were still waiting when their scenario ended. */
export const NO_RESPONSE_KINDS = [
  'timeout',
  'unanswered',
  'connection-refused',
  'connection-reset',
  'dns',
  'tls',
  'network',
] as const;

/** Why a request failed: it got no response, or an unexpected one. */
export const ERROR_KINDS = [
  ...NO_RESPONSE_KINDS,
  'authentication',
  'not-found',
  'rate-limited',
  'client-error',
  'server-error',
  'unexpected-status',
  'unexpected-body',
] as const;

export type ErrorKind = (typeof ERROR_KINDS)[number];
