/** An error whose message is meant for the person who runs the target: what was wrong, what to do. */
export class Problem extends Error {
  override name = 'Problem';
}

/** One line that names the cause of any thrown value, without a stack trace. */
export function errorMessageOf(thrown: unknown): string {
  if (thrown instanceof AggregateError && thrown.errors.length > 0) return errorMessageOf(thrown.errors[0]);
  const text = thrown instanceof Error ? thrown.message || thrown.name : String(thrown);
  return text.replaceAll(/\s*\n\s*/g, ' ').trim();
}
