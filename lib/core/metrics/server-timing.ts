/**
 * The duration of one metric in a `Server-Timing` header, in ms.
 * @returns null if the header does not contain it
 */
export function serverTimingMs(header: string | undefined, metric: string): number | null {
  const entry = header?.split(',').find((part) => part.trim().split(';')[0] === metric);
  const duration = entry === undefined ? null : /;\s*dur=([\d.]+)/.exec(entry);
  return duration ? Number(duration[1]) : null;
}
