type Failure = Error & { code?: string; errors?: Error[] };

/**
 * Returns the reason for a network error. If `fetch` fails, the message is only "fetch failed", and the reason is in
 * the `cause` of the error. If a host has several addresses, the cause contains one error per address, and often has a
 * code but no message.
 */
export function causeOf(error: unknown): string {
  const { message, code, cause } = error as Failure & { cause?: Failure };
  return cause?.code || cause?.message || cause?.errors?.[0]?.message || message || code || 'unknown reason';
}
