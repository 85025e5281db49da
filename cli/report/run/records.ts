import { damageOf, type Result } from '../../../lib/core/evidence/index.ts';
import { formatCount } from '../../../lib/core/numbers/index.ts';
import type { Cell, Section } from '../document.ts';
import { right, table, text } from './blocks.ts';

/** What has become of the records that a run has created, where somebody has counted them. */
export function recordsSection({ ledger }: Result): Section | null {
  if (!ledger) return null;
  const kinds = Object.entries(ledger);
  const damaged = kinds.some(([, entry]) => damageOf(entry) > 0);
  return {
    id: 'records',
    title: 'Records',
    blocks: [
      text(
        damaged
          ? 'Some of the records are not as the target has acknowledged them.'
          : 'Every record that the target has acknowledged is there, whole and once.',
      ),
      table(
        'Acknowledged, and found after the run',
        ['Kind', ...right('Acknowledged', 'Whole', 'Lost', 'Half-written', 'Doubled')],
        kinds.map(([kind, { acknowledged, complete, lost, incomplete, duplicates }]) => [
          kind,
          formatCount(acknowledged),
          formatCount(complete),
          ...[lost, incomplete, duplicates].map(damageCell),
        ]),
      ),
    ],
  };
}

const damageCell = (count: number): Cell =>
  count === 0 ? formatCount(count) : { text: formatCount(count), tone: 'bad' };
