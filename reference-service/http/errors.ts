export type HttpError = Error & { statusCode: number; code: string };

/**
 * Creates an error. If a handler throws the error, the service responds with the given status and `{"error": code,
 * "message"}`.
 */
export function httpError(statusCode: number, code: string, message: string): HttpError {
  return Object.assign(new Error(message), { statusCode, code });
}
