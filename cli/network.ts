/** Why a fetch failed: it says only "fetch failed" itself, the reason is its cause, or one of several. */
export function causeOf(error: unknown): string {
  const { message, cause } = error as Error & { cause?: Error & { code?: string; errors?: Error[] } };
  return cause?.code || cause?.message || cause?.errors?.[0]?.message || message;
}
