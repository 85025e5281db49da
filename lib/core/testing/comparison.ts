/** Builders for tests of comparisons: minimal excerpts, with overrides for the parts that a test is about. */

import { COMPARED_RESOURCES, type Excerpt, type ExcerptPart, type ExcerptWindows } from '../comparison/index.ts';
import { repeat, trendOf } from './evidence.ts';

/** Excerpt of a run with 1,000 requests of 100 ms in 10 s. */
export function excerpt(parts: Partial<Excerpt> = {}): Excerpt {
  return {
    id: '20250118T143000Z-3f9a2c',
    startedAt: '2025-01-18T14:30:00.000Z',
    fingerprint: {
      test: 'shop/peak',
      workload: 'w',
      data: 'seed 1',
      scale: 'time 1, VUs 1',
      k6: 'k6 2',
      responseTime: 'whole wait',
    },
    circumstances: { environment: 'local' },
    unknown: [],
    parts: [excerptPart()],
    windows: null,
    resources: Object.fromEntries(Object.keys(COMPARED_RESOURCES).map((name) => [name, null])) as Excerpt['resources'],
    ...parts,
  };
}

export function excerptPart(parts: Partial<ExcerptPart> = {}): ExcerptPart {
  return {
    scope: 'total',
    name: '',
    count: 1000,
    p50: 100,
    p95: 100,
    p99: 100,
    perS: 100,
    hits: { of: 'errors', count: 0, trials: 1000 },
    histogram: null,
    stretch: null,
    ...parts,
  };
}

/** The duration figures of a part of a run. */
export function durationFigures(
  values: readonly number[],
): Pick<ExcerptPart, 'count' | 'p50' | 'p95' | 'p99' | 'histogram'> {
  const { count, p50, p95, p99, histogram } = trendOf(values);
  return { count, p50, p95, p99, histogram };
}

/** Windows of 1 s with 10 requests each, one per value of `p95`. */
export function excerptWindows(p95: readonly number[], parts: Partial<ExcerptWindows> = {}): ExcerptWindows {
  return {
    startMs: p95.map((_, i) => i * 1000),
    durationMs: repeat(p95.length, 1000),
    requests: repeat(p95.length, 10),
    errors: repeat(p95.length, 0),
    p50: [...p95],
    p95: [...p95],
    p99: [...p95],
    flows: {},
    ...parts,
  };
}
