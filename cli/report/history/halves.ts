import { type FigureHistory, type FlowRecord, flowsIn } from '../../../lib/core/across-runs/index.ts';
import { formatCount } from '../../../lib/core/numbers/index.ts';
import { formatDay } from '../format.ts';
import { NOTHING } from '../run/blocks.ts';
import { percent, startedAt } from './words.ts';

/** A flow before the latest change of its success, and since; without one, all of it is since. */
export interface Halves {
  before: FlowRecord[] | null;
  since: FlowRecord[];
  latest: FlowRecord;
  /** Titles of the columns that put them beside each other. */
  titles: string[];
}

export function halvesOf({ points, stretches }: FigureHistory, flow: string): Halves {
  const records = points.map(({ record }) => record);
  const [before, now] = [stretches.at(-2), stretches.at(-1)];
  const since = records.slice(now?.from ?? 0);
  const [first] = since;
  return {
    before: before ? flowsIn(records.slice(before.from, before.to), flow) : null,
    since: flowsIn(since, flow),
    latest: flowsIn(since, flow).at(-1) as FlowRecord,
    titles:
      before && first
        ? [`Before ${formatDay(startedAt(first))}`, 'Since']
        : [`All ${formatCount(since.length)} runs`],
  };
}

/** The cells below these titles. @param rate NaN where there is none */
export const rates = ({ before, since }: Halves, rate: (flows: readonly FlowRecord[]) => number): string[] =>
  [...(before ? [before] : []), since].map((flows) => {
    const value = rate(flows);
    return Number.isNaN(value) ? NOTHING : percent(value);
  });
