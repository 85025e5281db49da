import { isJudged, type Tested } from '../../../lib/core/across-runs/index.ts';
import { formatCount, formatValue } from '../../../lib/core/numbers/index.ts';
import type { Cell, Section } from '../document.ts';
import { formatInterval, formatLimit } from '../format.ts';
import { absent, right, table, text } from '../run/blocks.ts';
import { STATUSES } from '../words.ts';
import { judgedCriteria, NOT_JUDGED, ranOf, tallyOf } from './tested.ts';

/** Every promise of every test. */
export function criteriaSection(tests: readonly Tested[]): Section {
  const all = ranOf(tests).flatMap(({ test, result }) =>
    result.criteria.map((criterion) => ({ test, criterion, judged: isJudged(result) })),
  );
  return {
    id: 'criteria',
    title: 'Success criteria',
    blocks:
      all.length === 0
        ? [absent('No criterion was judged.')]
        : [
            text(`Criteria: ${tallyOf(judgedCriteria(tests))}.`),
            table(
              'Criteria of all tests, each with the interval of its value at 95 %',
              [
                'Test',
                'Criterion',
                'Severity',
                'Status',
                ...right('Target', 'Actual', 'Interval', 'Samples'),
              ],
              all.map(({ test, criterion, judged }): Cell[] => [
                test,
                criterion.title,
                criterion.severity,
                judged ? STATUSES[criterion.status] : { text: NOT_JUDGED, tone: 'neutral' },
                formatLimit(criterion),
                formatValue(criterion.value, criterion.unit),
                formatInterval(criterion),
                formatCount(criterion.samples),
              ]),
            ),
          ],
  };
}
