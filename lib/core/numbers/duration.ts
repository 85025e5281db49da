// Durations in the syntax of k6: `90s`, `1m30s`, `250ms`, `0.5h`.

const UNIT_MS: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
const DURATION = /^(?:\d+(?:\.\d+)?(?:ms|s|m|h))+$/;
const PART = /(\d+(?:\.\d+)?)(ms|s|m|h)/g;

/**
 * Converts a duration to ms: `1m30s` is 90,000.
 * @throws RangeError if the text is not a duration
 */
export function parseDuration(text: string): number {
  if (!DURATION.test(text))
    throw new RangeError(`"${text}" is not a duration. Use a duration such as 90s, 1m30s or 250ms.`);
  let total = 0;
  for (const [, amount, unit] of text.matchAll(PART)) total += Number(amount) * (UNIT_MS[unit as string] ?? 0);
  return total;
}

/** Formats a duration in ms, from 1 s on rounded to seconds: 90,400 is `1m30s`, 250 is `250ms`, 0 is `0s`. */
export function formatDuration(ms: number): string {
  const whole = Math.round(ms);
  if (whole < 1000) return whole === 0 ? '0s' : `${whole}ms`;
  const seconds = Math.round(whole / 1000);
  const parts: [number, string][] = [
    [Math.floor(seconds / 3600), 'h'],
    [Math.floor(seconds / 60) % 60, 'm'],
    [seconds % 60, 's'],
  ];
  return parts
    .filter(([amount]) => amount > 0)
    .map(([amount, unit]) => `${amount}${unit}`)
    .join('');
}

/** Formats a duration in ms without rounding: 90,000 is `1m30s`, 90,400 is `90400ms`. */
export const formatExactDuration = (ms: number): string => (ms % 1000 === 0 ? formatDuration(ms) : `${ms}ms`);
