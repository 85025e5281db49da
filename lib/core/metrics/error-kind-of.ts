// Separate from the list of all kinds, so that the VU bundle does not contain the list.
import type { ErrorKind } from './error-kinds.ts';

const BY_STATUS: Record<number, ErrorKind> = {
  401: 'authentication',
  403: 'authentication',
  404: 'not-found',
  408: 'timeout',
  429: 'rate-limited',
  504: 'timeout',
};

/** k6's error codes for requests without a response: https://grafana.com/docs/k6/latest/javascript-api/error-codes/ */
const BY_ERROR_CODE: Record<number, ErrorKind> = {
  1050: 'timeout',
  1201: 'connection-reset',
  1211: 'timeout',
  1212: 'connection-refused',
  1220: 'connection-reset',
};

/** Kinds of errors by the first two digits of k6's error code. */
const BY_ERROR_RANGE: Record<number, ErrorKind> = { 11: 'dns', 13: 'tls' };

/**
 * Classifies a request that failed.
 * @param status HTTP status, or 0 if there was no response
 * @param errorCode k6's `error_code`, or 0 if there is none
 * @param statusExpected whether the status was the expected one. If so, the request failed because of its body
 */
export function errorKindOf(status: number, errorCode: number, statusExpected: boolean): ErrorKind {
  if (statusExpected) return 'unexpected-body';
  if (status === 0) return BY_ERROR_CODE[errorCode] ?? BY_ERROR_RANGE[Math.floor(errorCode / 100)] ?? 'network';
  const known = BY_STATUS[status];
  if (known) return known;
  if (status >= 500) return 'server-error';
  return status >= 400 ? 'client-error' : 'unexpected-status';
}

const MAX_REASONS = 20;

/**
 * The error code in a response, such as `db_pool_timeout`, for the tag `reason`. Only texts that look like a code are
 * used, and only the first twenty different codes, so that a target that returns a new code with every request does not
 * flood the telemetry.
 * @param error the field `error` of the body
 * @param knownReasons codes that occurred before; a new code is added to them
 */
export function reasonTag(error: unknown, knownReasons: string[]): string | undefined {
  if (typeof error !== 'string' || !/^[a-z][a-z0-9_-]{0,39}$/.test(error)) return undefined;
  if (knownReasons.includes(error)) return error;
  if (knownReasons.length >= MAX_REASONS) return undefined;
  knownReasons.push(error);
  return error;
}
