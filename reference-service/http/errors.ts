export type HttpError = Error & { statusCode: number; code: string };

/** An error that becomes the response `{"error": code, "message"}` with the given status. */
export function httpError(statusCode: number, code: string, message: string): HttpError {
  return Object.assign(new Error(message), { statusCode, code });
}
