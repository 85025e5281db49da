import type { Comparison } from '../../../lib/core/comparison/index.ts';
import { comparisonNotes } from './comparison-text.ts';

/** Returns the comparison as JSON for other programs. The JSON does not contain the values of single runs. */
export function comparisonJson(comparison: Comparison): string {
  const { outcome, unit, floors, reference, candidate, because, ladder, rows, circumstances, notInEveryRun } =
    comparison;
  const ids = (side: Comparison['reference']) => side.map(({ id }) => id);
  const summary = {
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
  return `${JSON.stringify(summary, null, 1)}\n`;
}
