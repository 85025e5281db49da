import type { Comparison } from '../../../lib/core/comparison/index.ts';
import { comparisonNotes } from './comparison-text.ts';

/** All that was found out, for programs, without the figures of the runs that it was found in. */
export function comparisonJson(comparison: Comparison): string {
  const { outcome, unit, floors, reference, candidate, because, ladder, rows, circumstances, notInEveryRun } =
    comparison;
  const ids = (side: Comparison['reference']) => side.map(({ id }) => id);
  const found = {
    outcome,
    because,
    ladder,
    unit,
    floors,
    reference: ids(reference),
    candidate: ids(candidate),
    circumstances,
    notInEveryRun,
    rows,
    notes: comparisonNotes(comparison),
  };
  return `${JSON.stringify(found, null, 1)}\n`;
}
