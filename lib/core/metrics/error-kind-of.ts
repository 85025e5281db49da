// Apart from the list of all kinds: a VU carries what names a kind, and not the list.
import type { ErrorKind } from './error-kinds.ts';

const BY_STATUS: Record<number, ErrorKind> = {
  401: 'authentication',
  403: 'authentication',
  404: 'not-found',
  408: 'timeout',
  429: 'rate-limited',
  504: 'timeout',
};

/** k6's error codes for requests that got no answer, from its documentation. */
const BY_ERROR_CODE: Record<number, ErrorKind> = {
  1050: 'timeout',
  1201: 'connection-reset',
  1211: 'timeout',
  1212: 'connection-refused',
  1220: 'connection-reset',
};

/** The same of whole ranges, by their first two digits. */
const BY_ERROR_RANGE: Record<number, ErrorKind> = { 11: 'dns', 13: 'tls' };

/**
 * @param status the HTTP status, 0 where there was no answer
 * @param errorCode k6's `error_code`, 0 where there is none
 * @param statusExpected whether the status was the expected one, so that only the body can have been wrong
 */
export function errorKindOf(status: number, errorCode: number, statusExpected: boolean): ErrorKind {
  if (statusExpected) return 'unexpected-body';
  if (status === 0)
    return BY_ERROR_CODE[errorCode] ?? BY_ERROR_RANGE[Math.floor(errorCode / 100)] ?? 'network';
  const known = BY_STATUS[status];
  if (known) return known;
  if (status >= 500) return 'server-error';
  return status >= 400 ? 'client-error' : 'unexpected-status';
}

const MAX_REASONS = 20;

/**
 * The reason that a response states for an error, such as `db_pool_timeout`. It becomes a tag, so that text of any other form,
 * and every code after the first twenty, counts as no reason: a target that makes up a new code for every request
 * must not flood the telemetry.
 * @param stated what the body has as its `error`
 * @param seen reasons that were met before; a new one is added
 */
export function reasonTag(stated: unknown, seen: string[]): string | undefined {
  if (typeof stated !== 'string' || !/^[a-z][a-z0-9_-]{0,39}$/.test(stated)) return undefined;
  if (seen.includes(stated)) return stated;
  if (seen.length >= MAX_REASONS) return undefined;
  seen.push(stated);
  return stated;
}
