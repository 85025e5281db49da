import type { Result } from '../../../lib/core/evidence/index.ts';
import { formatValue, relativeError } from '../../../lib/core/numbers/index.ts';
import type { Section } from '../document.ts';
import { formatScale } from '../format.ts';
import { absent, list, text } from './blocks.ts';

/** What a reader should know of how the figures came about. */
export function notesSection({ run, totals, generators }: Result): Section {
  const { histogram } = totals.durationMs;
  const notes = [
    ...(run.scaled ? [`The run is scaled (${formatScale(run.scale)}): it answers a smaller question.`] : []),
    ...(generators && histogram
      ? [
          `The load came from ${generators.length} generators: percentiles are those of their merged histograms, over all requests off by at most ${formatValue(relativeError(histogram), 'fraction')}.`,
        ]
      : []),
    ...(run.partial ? ['k6 wrote no summary: all figures are from the windows that had closed.'] : []),
    ...run.notes,
  ];
  return {
    id: 'notes',
    title: 'Notes',
    blocks: [
      notes.length === 0 ? absent('The run left no notes.') : list(notes),
      text('Intervals are at 95 %. Times are from the start of the run.'),
    ],
  };
}
