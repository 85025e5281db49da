import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import type { Result } from '../../lib/core/evidence/index.ts';
import { resultOf } from '../../lib/core/testing/evidence.ts';
import { rushResult } from '../testing/rush.ts';
import { toCsv } from './csv.ts';

const PARSE = `
import csv, io, json, sys
text = sys.stdin.buffer.read().decode()
print(json.dumps(list(csv.reader(io.StringIO(text, newline=''), strict=True))))
`;

/** Parses CSV with the csv module of Python. Each row becomes a record that is keyed by column name. */
function parsed(result: Result): Record<string, string>[] {
  const { status, stdout, stderr } = spawnSync('python3', ['-c', PARSE], {
    input: toCsv(result),
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  assert.equal(status, 0, stderr);
  const [head, ...rows] = JSON.parse(stdout) as string[][];
  return rows.map((row) => {
    assert.equal(row.length, head?.length);
    return Object.fromEntries(row.map((field, i) => [head?.[i], field]));
  });
}

test('toCsv writes one row per window, and the sums of the rows match the totals of the result', () => {
  const result = rushResult();
  const { windows, totals } = result;
  const rows = parsed(result);
  assert.equal(rows.length, windows.startMs.length);
  const sum = (column: string) => rows.reduce((total, row) => total + Number(row[column]), 0);
  assert.equal(sum('requests'), totals.requests);
  assert.equal(sum('errors'), totals.errors);
  assert.equal(sum('errors.server-error') + sum('errors.timeout'), totals.errors);
  assert.equal(sum('flow.order.succeeded'), result.flows[0]?.succeeded);
  assert.deepEqual(
    rows.map((row) => Number(row.response_p95_ms)),
    windows.p95Ms,
  );
  assert.equal(rows[1]?.start_utc, '2025-01-18T14:30:05.000Z');
});

test('toCsv leaves missing values empty and quotes special characters in column names', () => {
  const result = resultOf({
    windows: {
      startMs: [0, 5000],
      durationMs: [5000, 5000],
      vus: [null, 3],
      requests: [0, 7],
      errors: [0, 0],
      iterations: [0, 7],
      droppedIterations: [0, 0],
      meanMs: [null, 1.5],
      p50Ms: [null, 1],
      p95Ms: [null, 2],
      p99Ms: [null, 2],
      scenarios: {
        'a,"b"\nc': {
          requests: [0, 7],
          errors: [0, 0],
          meanMs: [null, 1.5],
          p50Ms: [null, 1],
          p95Ms: [null, 2],
        },
      },
    },
  });
  const [first, second] = parsed(result);
  assert.equal(first?.vus, '');
  assert.equal(first?.response_mean_ms, '');
  assert.equal(second?.response_mean_ms, '1.5');
  assert.equal(second?.['scenario.a,"b"\nc.requests'], '7');
});

test('toCsv writes only the header if there are no windows, and ends every line with CRLF', () => {
  const text = toCsv(resultOf());
  assert.match(text, /^start_utc,start_ms,duration_ms,[^\n]*\r\n$/);
  assert.equal(toCsv(rushResult()).match(/[^\r]\n/), null);
});
