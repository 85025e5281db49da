// Apart from the list of all kinds: a VU carries what names a kind, and not the list.
import type { ErrorKind } from './errors.ts';

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
export function errorKind(status: number, errorCode: number, statusExpected: boolean): ErrorKind {
  if (statusExpected) return 'unexpected-body';
  if (status === 0)
    return BY_ERROR_CODE[errorCode] ?? BY_ERROR_RANGE[Math.floor(errorCode / 100)] ?? 'network';
  const known = BY_STATUS[status];
  if (known) return known;
  if (status >= 500) return 'server-error';
  return status >= 400 ? 'client-error' : 'unexpected-status';
}
