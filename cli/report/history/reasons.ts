import {
  type FigureHistory,
  type FlowRecord,
  flowsIn,
  lostBy,
  reasonsIn,
  shareOf,
} from '../../../lib/core/across-runs/index.ts';
import { formatCount } from '../../../lib/core/numbers/index.ts';
import type { Block } from '../document.ts';
import { absent, right, table } from '../run/blocks.ts';
import { halvesOf, rates } from './halves.ts';
import { lostChart, type Timeline } from './timeline.ts';
import { percent } from './words.ts';

/** More would not be told apart; the rest is one. */
const MOST_REASONS = 6;

/** Why iterations of a flow failed, over time and since its latest change. */
export function reasonBlocks(id: string, flow: string, history: FigureHistory, timeline: Timeline): Block[] {
  const flows = flowsIn(
    history.points.map(({ record }) => record),
    flow,
  );
  const reasons = reasonsIn(flows);
  if (reasons.length === 0) return [absent(`No ${flow} failed.`)];
  const halves = halvesOf(history, flow);
  return [
    lostChart(
      timeline,
      flow,
      `${id}-reasons`,
      'Failures by reason, of all who began',
      grouped(reasons).map(({ name, reasons }) => ({
        name,
        count: (one) => reasons.reduce((sum, reason) => sum + lostBy(one, reason), 0),
      })),
    ),
    table(
      'Failures by reason, as a share of all who began',
      ['Reason', ...right('In the latest run', 'Share', ...halves.titles)],
      reasons.map((reason) => {
        const count = (one: FlowRecord) => lostBy(one, reason);
        return [
          reason,
          formatCount(count(halves.latest)),
          percent(shareOf([halves.latest], count)),
          ...rates(halves, (some) => shareOf(some, count)),
        ];
      }),
    ),
  ];
}

function grouped(reasons: readonly string[]): { name: string; reasons: readonly string[] }[] {
  const rest = reasons.slice(MOST_REASONS);
  return [
    ...reasons.slice(0, MOST_REASONS).map((reason) => ({ name: reason, reasons: [reason] })),
    ...(rest.length > 0 ? [{ name: `${formatCount(rest.length)} others`, reasons: rest }] : []),
  ];
}
