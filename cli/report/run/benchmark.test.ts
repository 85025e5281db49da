import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Phase } from '../../../lib/core/definition/index.ts';
import type { Result } from '../../../lib/core/evidence/index.ts';
import {
  endpointFigures,
  phaseFigures,
  phasesOf,
  repeat,
  resultOf,
} from '../../../lib/core/testing/evidence.ts';
import { benchmarkSection } from './requests.ts';

const [first, second] = phasesOf({ read: 10_000, pay: 20_000 }) as [Phase, Phase];
const { run } = resultOf();

/** A phase that asks one endpoint with these durations, after signing in once. */
const operation = (phase: Phase, endpoint: string, values: number[]) =>
  phaseFigures(phase, {
    values: [...values, 1000],
    endpoints: [
      endpointFigures('POST /sign-in', { values: [1000] }),
      endpointFigures(endpoint, { values }),
      endpointFigures('GET /unused', { values: [] }),
    ],
  });

const benchmarked = (pay: number[]): Result => ({
  ...resultOf(),
  run: { ...run, workload: { ...run.workload, kind: 'sequential' } },
  phases: [operation(first, 'GET /items', repeat(100, 20)), operation(second, 'POST /payments', pay)],
});

const blocksOf = (result: Result) => benchmarkSection(result)?.blocks ?? [];
const rowsOf = (result: Result) =>
  blocksOf(result)
    .flatMap((block) => (block.kind === 'table' ? block.rows : []))
    .map((cells) => cells.map((cell) => (typeof cell === 'string' ? cell : cell.text)));
const listOf = (result: Result) =>
  blocksOf(result).flatMap((block) => (block.kind === 'list' ? block.items : []));

describe('the benchmark by operation', () => {
  test('is there for operations one after the other alone', () => {
    assert.equal(benchmarkSection(resultOf()), null);
    const { phases, ...rest } = benchmarked([]);
    const none = benchmarkSection({ ...rest, phases: [] });
    assert.deepEqual(
      none?.blocks.map(({ kind }) => kind),
      ['absent'],
    );
  });

  test('has a row an operation, of the endpoint that it is about', () => {
    assert.deepEqual(rowsOf(benchmarked(repeat(50, 60))), [
      ['read', 'GET /items', '100', ...repeat(6, '20.0 ms'), '0', 'ok'],
      ['pay', 'POST /payments', '50', ...repeat(6, '60.0 ms'), '0', 'ok'],
    ]);
    assert.deepEqual(listOf(benchmarked(repeat(50, 60))), []);
  });

  const slow: [what: string, values: number[], says: string][] = [
    ['on average', repeat(50, 150), 'pay: mean 150 ms > 100 ms'],
    ['in its p95', [...repeat(45, 10), ...repeat(5, 300)], 'pay: p95 300 ms > 200 ms'],
    ['in both', repeat(50, 300), 'pay: p95 300 ms > 200 ms, mean 300 ms > 100 ms'],
  ];
  for (const [what, values, says] of slow)
    test(`names an operation that is too slow ${what}`, () => {
      assert.deepEqual(listOf(benchmarked(values)), [says]);
      assert.deepEqual(
        rowsOf(benchmarked(values)).map((row) => row.at(-1)),
        ['ok', says.slice('pay: '.length)],
      );
    });
});
