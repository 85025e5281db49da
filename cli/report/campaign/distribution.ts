import type { Tested } from '../../../lib/core/across-runs/index.ts';
import type { Trend } from '../../../lib/core/evidence/index.ts';
import { PERCENTILES } from '../../../lib/core/metrics/index.ts';
import { formatCount, percentileName } from '../../../lib/core/numbers/index.ts';
import type { Section } from '../document.ts';
import { absent, right, stats, table } from '../run/blocks.ts';
import { thinFrom } from '../run/distribution.ts';
import { ranOf } from './tested.ts';

const NAMES = Object.keys(PERCENTILES) as (keyof typeof PERCENTILES)[];

/** Response times of all tests beside each other; the histogram of each is with its test. */
export function distributionSection(tests: readonly Tested[]): Section {
  const answered = ranOf(tests).filter(({ result }) => result.totals.durationMs.count > 0);
  return {
    id: 'distribution',
    title: 'Distribution of response times',
    blocks:
      answered.length === 0
        ? [absent('No request was answered in any test.')]
        : [
            {
              kind: 'chart',
              type: 'percentiles',
              id: 'percentiles-by-test',
              title: 'Response time by percentile, of each test as far as enough samples lie above',
              series: answered.map(({ test, result: { totals } }) => ({
                name: test,
                points: pointsOf(totals.durationMs).filter(({ q }) => q <= thinFrom(totals.durationMs.count)),
              })),
              thinFromQ: 1,
            },
            table(
              'Percentiles by test',
              [
                'Test',
                ...right(
                  'Requests',
                  'Shortest',
                  ...NAMES.map((name) => percentileName(PERCENTILES[name])),
                  'Longest',
                ),
              ],
              answered.map(({ test, result: { totals } }) => [
                test,
                formatCount(totals.requests),
                ...stats(totals.durationMs, 'min', ...NAMES, 'max'),
              ]),
            ),
          ],
  };
}

const pointsOf = (trend: Trend) => [
  { q: 0, ms: trend.min },
  ...NAMES.map((name) => ({ q: PERCENTILES[name], ms: trend[name] })),
];
