import { breakerStretches, type Result } from '../../../lib/core/evidence/index.ts';
import { formatCount, formatValue } from '../../../lib/core/numbers/index.ts';
import type { Section } from '../document.ts';
import { formatRange } from '../format.ts';
import { right, table } from './blocks.ts';

/** When circuit breakers were open, and what was answered meanwhile; of one that never opened there is nothing to tell. */
export function breakersSection({ resources: { target }, phases }: Result): Section | null {
  const stretches = breakerStretches(target);
  if (stretches.every(({ state }) => state === 'closed')) return null;
  return {
    id: 'breakers',
    title: 'Circuit breakers',
    blocks: [
      table(
        'States of the worst breaker, as far as samples show them',
        ['State', ...right('From and to', 'Length')],
        stretches.map(({ state, fromMs, toMs }) => [
          state,
          formatRange(fromMs, toMs),
          formatValue(toMs - fromMs, 'ms'),
        ]),
      ),
      table(
        'Answers by phase',
        ['Phase', ...right('Requests', 'Degraded', 'Errors')],
        phases.map(({ name, requests, degraded, errors }) => [
          name,
          formatCount(requests),
          formatCount(degraded),
          formatCount(errors),
        ]),
      ),
    ],
  };
}
