import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import type { Decision, ErrorFigures, Result } from '../../lib/core/evidence/index.ts';
import { formatCount, formatMs, formatNumber, formatValue } from '../../lib/core/numbers/index.ts';
import {
  endpointFigures,
  flowFigures,
  judgedCriterion,
  repeat,
  resultOf,
  trendOf,
} from '../../lib/core/testing/evidence.ts';
import { poolExhausted } from '../testing/rush.ts';
import { terminalReport } from './terminal.ts';

const durations = [...repeat(60, 111), ...repeat(30, 222), ...repeat(10, 333)];

const order = {
  ...flowFigures('order', { values: [...repeat(30, 1111), ...repeat(10, 2222)], succeeded: 30 }),
  steps: [
    {
      name: 'pay',
      observable: true,
      attempts: 40,
      succeeded: 39,
      successRate: 0.975,
      durationMs: trendOf(repeat(40, 444)),
    },
    { name: 'ship', observable: false, attempts: 0, succeeded: 0, successRate: 0, durationMs: trendOf([]) },
  ],
  failures: [
    { reason: 'pay: declined', count: 8, share: 0.8 },
    { reason: 'pay: timeout', count: 2, share: 0.2 },
  ],
};

const errorOf = (count: number, parts: Partial<ErrorFigures> = {}): ErrorFigures => ({
  kind: 'server-error',
  code: '503',
  reason: 'db_pool_timeout',
  endpoint: 'GET /items/:id',
  count,
  share: 0.25,
  ...parts,
});

const result = resultOf({
  run: { durationMs: 90_000, notes: ['samples.ndjson is incomplete: no space is left on the device'] },
  totals: {
    requests: 12_345,
    errors: 66,
    errorRate: 0.0053,
    throughputPerS: 137.2,
    responseTimeMs: trendOf(durations),
  },
  endpoints: [
    {
      ...endpointFigures('GET /items/:id', { values: repeat(10, 57) }),
      requests: 12_300,
      errors: 66,
      errorRate: 0.0054,
      statuses: { 200: 12_234, 500: 66 },
    },
    endpointFigures('POST /never', { values: [] }),
  ],
  flows: [order],
  errors: [errorOf(50), errorOf(16, { kind: 'timeout', code: '1050', reason: 'timeout' })],
  criteria: [
    judgedCriterion({
      value: 333,
      interval: { low: 321, high: 345 },
      limit: 300,
      status: 'fail',
      samples: 12_345,
    }),
    judgedCriterion({
      title: 'recovery time',
      value: 45_000,
      interval: { low: 45_000, high: null },
      limit: 30_000,
      status: 'inconclusive',
      note: 'not back',
    }),
    judgedCriterion({
      title: 'memory',
      value: null,
      interval: null,
      unit: 'bytes',
      limit: 2 ** 20,
      status: 'no data',
      samples: 0,
    }),
    judgedCriterion({ title: 'timeouts', value: 0, comparison: 'at-most', limit: 0, unit: 'count' }),
  ],
  verdict: { decision: 'NO_GO', reasons: ['p95 response time fails'] },
});

/** Returns the report without colors, which are present only if standard output is a terminal. */
const plainReport = (report: Result) => stripVTControlCharacters(terminalReport(report, 'results/shop/peak/1'));
const linesOf = (report: Result) =>
  plainReport(report)
    .split('\n')
    .filter((line) => line.trim() !== '');

/** Returns the cells of the first line that starts with a prefix. */
function row(report: Result, prefix: string): string[] {
  const found = linesOf(report).find((line) => line.trim().startsWith(prefix));
  assert.ok(found, `no line starts with ${prefix}`);
  return found.trim().split(/ {2,}/);
}

describe('the terminal report of a run', () => {
  const words: Record<Decision, string> = {
    GO: 'GO',
    CONDITIONAL_GO: 'CONDITIONAL GO',
    NO_GO: 'NO-GO',
    INCONCLUSIVE: 'INCONCLUSIVE',
    INVALID: 'INVALID',
  };
  for (const [decision, text] of Object.entries(words)) {
    test(`the terminal report of a run starts with the verdict ${text} and its reasons`, () => {
      const reasons = ['first reason', 'second reason'];
      const [headline, ...rest] = linesOf({
        ...result,
        verdict: { decision: decision as Decision, reasons },
      });
      assert.equal(headline, `${text}  shop/peak on local (12,345 requests in 1m30s, 137/s)`);
      assert.deepEqual(rest.slice(0, 2), ['  first reason', '  second reason']);
    });
  }

  test('the terminal report of a run ends with the results folder and the names of the report files', () => {
    assert.equal(linesOf(result).at(-1), '  results/shop/peak/1');
    const text = terminalReport(result, 'results/shop/peak/1', ['report.html', 'report.md']);
    assert.ok(text.endsWith('\n  results/shop/peak/1\n    report.html  report.md\n'));
  });

  test('the terminal report of a run shows confidence, three pieces of evidence and advice for each cause', () => {
    const recommendation = 'Raise the pool.';
    const [, first, second] = poolExhausted.evidence;
    const evidence = [first, second, second, second].flatMap((finding) => finding ?? []);
    const lines = linesOf({ ...result, diagnosis: [{ ...poolExhausted, evidence, recommendation }] });
    const at = lines.indexOf('Diagnosis');
    assert.deepEqual(lines.slice(at + 1, at + 6), [
      '  Database pool exhausted  very likely (94.0 %)',
      `    1:58–7:58  ${first?.text}`,
      `    1:58–7:58  ${second?.text}`,
      `    1:58–7:58  ${second?.text}`,
      `    → ${recommendation}`,
    ]);
    assert.equal(lines[at + 6], 'Requests');
  });

  test('the terminal report of a run wraps long sentences at 100 characters', () => {
    const long = 'The connection pool is too small for the load of the test. '.repeat(6).trim();
    const lines = linesOf({
      ...result,
      verdict: { decision: 'CONDITIONAL_GO', reasons: [long] },
      run: { ...result.run, notes: [long] },
      criteria: [judgedCriterion({ note: long })],
      diagnosis: [{ ...poolExhausted, recommendation: long }],
    });
    assert.ok(
      lines.every((line) => line.length <= 100),
      lines.join('\n'),
    );
    const from = lines.findIndex((line) => line.startsWith('    → '));
    const to = lines.indexOf('Requests');
    const wrapped = lines.slice(from, to).map((line) => line.replace('→', '').trim());
    assert.equal(wrapped.join(' '), long);
  });

  test('the first line of the terminal report shows whether the run was scaled or is partial', () => {
    const { run } = result;
    const scaled = { ...result, run: { ...run, scaled: true, scale: { time: 0.1, vus: 2 }, partial: true } };
    assert.match(linesOf(scaled)[0] ?? '', /, 137\/s, scaled: time × 0\.1, VUs × 2, partial\)$/);
  });

  test('the terminal report of a run shows the status, value, limit, interval and samples of each criterion', () => {
    assert.deepEqual(row(result, '✗ fail'), [
      '✗ fail',
      'p95 response time',
      '333 ms',
      '< 300 ms',
      '321 ms to 345 ms',
      'n=12,345',
    ]);
    assert.deepEqual(row(result, '? inconclusive'), [
      '? inconclusive',
      'recovery time',
      '45.0 s',
      '< 30 s',
      '45.0 s to …',
      'n=1,000',
    ]);
    assert.deepEqual(row(result, '– no data'), ['– no data', 'memory', '–', '< 1 MB', 'n=0']);
    assert.deepEqual(row(result, '✓ pass'), ['✓ pass', 'timeouts', '0', '≤ 0', 'n=1,000']);
  });

  test('the terminal report of a run shows the note of a criterion below that criterion', () => {
    const lines = linesOf(result);
    const at = lines.findIndex((line) => line.includes('recovery time'));
    assert.equal(lines[at + 1]?.trim(), 'not back');
  });

  test('the terminal report of a run shows all requests together, and each endpoint with requests', () => {
    const { p50, p95, p99, max } = result.totals.responseTimeMs;
    assert.deepEqual(row(result, 'all'), ['all', '12,345', ...[p50, p95, p99, max].map(formatMs), '0.53 %']);
    assert.deepEqual(row(result, 'GET /items/:id'), ['GET /items/:id', '12,300', ...repeat(4, '57.0 ms'), '0.54 %']);
    assert.ok(!plainReport(result).includes('POST /never'));
  });

  test('the terminal report of a run shows the steps of each flow and its failures by reason', () => {
    assert.deepEqual(row(result, 'whole flow'), [
      'whole flow',
      '40',
      '75.0 %',
      formatMs(order.durationMs.mean),
      formatMs(order.durationMs.p95),
    ]);
    assert.deepEqual(row(result, 'pay'), ['pay', '40', '97.5 %', '444 ms', '444 ms']);
    assert.deepEqual(row(result, 'ship'), ['ship', 'not observable']);
    assert.deepEqual(row(result, '8 ×'), ['8 × pay: declined (80.0 %)']);
  });

  test('the terminal report of a run shows the reason of an error unless it equals the kind of error', () => {
    assert.deepEqual(row(result, 'server-error'), [
      'server-error (503)',
      'db_pool_timeout',
      'GET /items/:id',
      '50',
      '25.0 %',
    ]);
    assert.deepEqual(row(result, 'timeout'), ['timeout (1050)', 'GET /items/:id', '16', '25.0 %']);
  });

  test('the terminal report of a run shows the ten most frequent errors and counts the rest', () => {
    const errors = Array.from({ length: 13 }, (_, i) => errorOf(100 - i, { reason: `reason_${i}` }));
    const report = plainReport({ ...result, errors });
    assert.ok(report.includes('reason_9') && !report.includes('reason_10'));
    assert.match(report, /\n {2}and 267 more errors of 3 other kinds: see result\.json\n/);
  });

  test('the terminal report of a run omits empty sections', () => {
    const report = plainReport(resultOf());
    for (const title of ['Diagnosis', 'Flow', 'Errors', 'Notes']) assert.ok(!report.includes(`\n${title}`), title);
    for (const title of ['Criteria', 'Requests']) assert.ok(report.includes(`\n${title}\n`), title);
  });

  test('the terminal report of a run shows only numbers that are in the result', () => {
    const allowed = new Set(numbersOf(result).flatMap(spellings));
    // Removes texts whose digits are not values of the result, such as names and the duration of the run.
    const withoutNames = plainReport(result).replace(/\bp\d\d\b|results\/\S+|1m30s/g, '');
    const found = withoutNames.match(/-?\d[\d,]*(?:\.\d+)?/g) ?? [];
    assert.ok(found.length > 40, `${found.length} numbers`);
    assert.deepEqual(
      found.filter((number) => !allowed.has(number)),
      [],
    );
  });
});

/** Returns every number in a value, including strings that consist of digits. */
function numbersOf(value: unknown): number[] {
  if (typeof value === 'number') return [value];
  if (typeof value === 'string') return /^\d+$/.test(value) ? [Number(value)] : [];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(numbersOf) : [];
}

/** Returns all texts that a report can show for a number. The unit of the number determines its text. */
function spellings(value: number): string[] {
  return [
    formatCount(value),
    formatNumber(value),
    formatMs(value).split(' ')[0] ?? '',
    formatValue(value, 'fraction').split(' ')[0] ?? '',
    formatValue(value, 'bytes').split(' ')[0] ?? '',
  ];
}

describe('colors in the terminal report', () => {
  /** Returns the report that a process prints if its standard output is a pipe. */
  function printed(t: TestContext, env: NodeJS.ProcessEnv): string {
    const module = JSON.stringify(pathToFileURL(path.join(import.meta.dirname, 'terminal.ts')));
    const code = `
      const { terminalReport } = await import(${module});
      process.stdout.write(terminalReport(${JSON.stringify(result)}, 'folder'));
    `;
    const { FORCE_COLOR: _, NO_COLOR: __, NODE_DISABLE_COLORS: ___, ...rest } = process.env;
    const { stdout, stderr, status } = spawnSync(process.execPath, ['--input-type=module', '--eval', code], {
      env: { ...rest, ...env },
      encoding: 'utf8',
    });
    t.diagnostic(stderr);
    assert.equal(status, 0);
    return stdout;
  }

  test('the terminal report has no colors if standard output is not a terminal', (t) => {
    const text = printed(t, {});
    assert.equal(stripVTControlCharacters(text), text);
    assert.match(text, /^\nNO-GO {2}/);
  });

  test('the terminal report has colors with FORCE_COLOR=1, and the same text as without colors', (t) => {
    const colored = printed(t, { FORCE_COLOR: '1' });
    assert.notEqual(stripVTControlCharacters(colored), colored);
    assert.equal(stripVTControlCharacters(colored), printed(t, {}));
  });
});
