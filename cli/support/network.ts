type Failure = Error & { code?: string; errors?: Error[] };

/**
 * Returns the reason for a network error. The message of a failed fetch is only "fetch failed"; the `cause` of the
 * error has the reason. If a host has several addresses, the cause has one error per address, and often only a code.
 */
export function causeOf(error: unknown): string {
  const { message, code, cause } = error as Failure & { cause?: Failure };
  return cause?.code || cause?.message || cause?.errors?.[0]?.message || message || code || 'unknown reason';
}
