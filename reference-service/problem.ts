/** An error that the user of the target can fix. Its message says what is wrong and what to do. */
export class Problem extends Error {
  override name = 'Problem';
}

/** Returns the message of any thrown value in one line, without a stack trace. */
export function errorMessageOf(thrown: unknown): string {
  if (thrown instanceof AggregateError && thrown.errors.length > 0) return errorMessageOf(thrown.errors[0]);
  const text = thrown instanceof Error ? thrown.message || thrown.name : String(thrown);
  return text.replaceAll(/\s*\n\s*/g, ' ').trim();
}
