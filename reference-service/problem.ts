/** An error that the user of the target can fix. The message says what is wrong and how to fix it. */
export class Problem extends Error {
  override name = 'Problem';
}

/** Returns the message of a thrown value in one line, without a stack trace. */
export function errorMessageOf(thrown: unknown): string {
  if (thrown instanceof AggregateError && thrown.errors.length > 0) return errorMessageOf(thrown.errors[0]);
  const text = thrown instanceof Error ? thrown.message || thrown.name : String(thrown);
  return text.replaceAll(/\s*\n\s*/g, ' ').trim();
}
