/** Why there was no answer, as its client sees it. */
export const NO_RESPONSE_KINDS = [
  'timeout',
  'connection-refused',
  'connection-reset',
  'dns',
  'tls',
  'network',
] as const;

/** Why an answer was not what was expected. */
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
