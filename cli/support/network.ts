type Failure = Error & { code?: string; errors?: Error[] };

/**
 * Why something on the network failed: a fetch says only "fetch failed" itself, the reason is its cause, or one of
 * several; and who tried several addresses of one host says nothing but a code.
 */
export function causeOf(error: unknown): string {
  const { message, code, cause } = error as Failure & { cause?: Failure };
  return (
    cause?.code || cause?.message || cause?.errors?.[0]?.message || message || code || 'no reason is known'
  );
}
