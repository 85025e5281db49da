import type { Result } from '../../../lib/core/result.ts';
import type { Section } from '../document.ts';
import { formatScale } from '../format.ts';
import { absent, list, text } from './blocks.ts';

/** What a reader should know of how the figures came about. */
export function notesSection({ run }: Result): Section {
  const notes = [
    ...(run.scaled ? [`The run is scaled (${formatScale(run.scale)}): it answers a smaller question.`] : []),
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
