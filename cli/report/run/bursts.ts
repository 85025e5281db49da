import type { BurstFigures, Result } from '../../../lib/core/evidence/index.ts';
import { formatCount, formatValue } from '../../../lib/core/numbers/index.ts';
import type { Cell, Section } from '../document.ts';
import { formatRange } from '../format.ts';
import { NOTHING, right, table } from './blocks.ts';

/** How simultaneous each burst was; null where the workload has none. */
export function burstsSection({ bursts, phases }: Result): Section | null {
  if (bursts.length === 0) return null;
  const whenOf = ({ phase }: BurstFigures) => phases.find(({ name }) => name === phase);
  return {
    id: 'bursts',
    title: 'Bursts',
    blocks: [
      table(
        'From the first start to the last, in each burst',
        ['Burst', ...right('From and to', 'VUs', 'Began', 'Spread of starts')],
        bursts.map((burst): Cell[] => {
          const when = whenOf(burst);
          return [
            burst.phase,
            when ? formatRange(when.startMs, when.endMs) : NOTHING,
            formatCount(burst.vus),
            burst.began === burst.vus
              ? formatCount(burst.began)
              : { text: `✗ ${formatCount(burst.began)}`, tone: 'bad' },
            formatValue(burst.spreadMs, 'ms'),
          ];
        }),
      ),
    ],
  };
}
