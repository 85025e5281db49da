import type { Result } from '../../lib/core/evidence/index.ts';

type Column = readonly (number | string | null)[];

/**
 * Returns the values of a run over time as CSV (RFC 4180), with one row per telemetry window. Column names contain the
 * unit. A field is empty if nothing was measured in that window.
 */
export function toCsv(result: Result): string {
  const columns = columnsOf(result);
  const rows = result.windows.startMs.map((_, i) => columns.map(([, column]) => column[i] ?? null));
  return [columns.map(([name]) => name), ...rows].map((row) => `${row.map(field).join(',')}\r\n`).join('');
}

function columnsOf({ run, windows }: Result): [name: string, column: Column][] {
  const startedAt = Date.parse(run.startedAt);
  return [
    ['start_utc', windows.startMs.map((ms) => new Date(startedAt + ms).toISOString())],
    ['start_ms', windows.startMs],
    ['duration_ms', windows.durationMs],
    ['vus', windows.vus],
    ['requests', windows.requests],
    ['errors', windows.errors],
    ['iterations', windows.iterations],
    ['dropped_iterations', windows.droppedIterations],
    ['response_mean_ms', windows.meanMs],
    ['response_p50_ms', windows.p50Ms],
    ['response_p95_ms', windows.p95Ms],
    ['response_p99_ms', windows.p99Ms],
    ...Object.entries(windows.errorsByKind).map(([kind, counts]): [string, Column] => [`errors.${kind}`, counts]),
    ...Object.entries(windows.scenarios).flatMap(([name, columns]): [string, Column][] => [
      [`scenario.${name}.requests`, columns.requests],
      [`scenario.${name}.errors`, columns.errors],
      [`scenario.${name}.response_mean_ms`, columns.meanMs],
      [`scenario.${name}.response_p50_ms`, columns.p50Ms],
      [`scenario.${name}.response_p95_ms`, columns.p95Ms],
    ]),
    ...Object.entries(windows.flows).flatMap(([name, columns]): [string, Column][] => [
      [`flow.${name}.iterations`, columns.iterations],
      [`flow.${name}.succeeded`, columns.succeeded],
      [`flow.${name}.duration_mean_ms`, columns.meanMs],
    ]),
  ];
}

function field(value: number | string | null): string {
  const text = value === null ? '' : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
