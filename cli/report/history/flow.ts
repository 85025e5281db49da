import {
  type FigureHistory,
  flowsIn,
  lostAt,
  stepSuccess,
  stepsIn,
} from '../../../lib/core/across-runs/index.ts';
import { formatCount, formatMs, wilsonInterval } from '../../../lib/core/numbers/index.ts';
import type { Block, Cell, Section } from '../document.ts';
import { absent, NOTHING, right, table, text } from '../run/blocks.ts';
import { type Halves, halvesOf, rates } from './halves.ts';
import { reasonBlocks } from './reasons.ts';
import { changeBlocks } from './statements.ts';
import { figureChart, lostChart, type Timeline } from './timeline.ts';
import { percent } from './words.ts';

/** A flow over time: how many came through, and where those who did not were lost. */
export function flowSection(id: string, flow: string, history: FigureHistory, timeline: Timeline): Section {
  const halves = halvesOf(history, flow);
  const { succeeded, iterations, target, steps } = halves.latest;
  const promised = target === null ? '' : ` The target is more than ${percent(target)}.`;
  return {
    id,
    title: `Success of ${flow}`,
    blocks: [
      text(
        `In the latest run ${formatCount(succeeded)} of ${formatCount(iterations)} succeeded, ${successText(succeeded, iterations)}.${promised}`,
      ),
      figureChart(timeline, history, id, `Success of ${flow}, by run`, target),
      ...changeBlocks(history),
      ...(steps.length > 0
        ? [stepsChart(id, flow, history, timeline), stepsTable(halves, history.changes.at(-1))]
        : []),
      ...reasonBlocks(id, flow, history, timeline),
    ],
  };
}

function successText(succeeded: number, attempts: number): string {
  const { low, high } = wilsonInterval(succeeded, attempts);
  return `${percent(succeeded / attempts)} (${percent(low)} to ${percent(high)})`;
}

/** Without the steps at which nobody was ever lost. */
function stepsChart(id: string, flow: string, { points }: FigureHistory, timeline: Timeline): Block {
  const flows = flowsIn(
    points.map(({ record }) => record),
    flow,
  );
  const steps = stepsIn(flows).filter((step) => flows.some((one) => lostAt(one, step) > 0));
  if (steps.length === 0) return absent('No step was seen to fail.');
  return lostChart(
    timeline,
    flow,
    `${id}-steps`,
    'Lost at each step, of all who began',
    steps.map((step) => ({ name: step, count: (one) => lostAt(one, step) })),
  );
}

function stepsTable(halves: Halves, change: FigureHistory['changes'][number] | undefined): Block {
  const { latest, titles } = halves;
  const explaining = new Set(change?.explanation?.steps.map(({ step }) => step));
  return table(
    'Steps: success of those who came to each',
    ['Step', ...right('Came to it', 'In the latest run', ...titles, 'Mean', 'p95')],
    latest.steps.map(({ name, attempts, succeeded, durationMs }): Cell[] => {
      if (attempts === 0) return [name, 'not observable', ...Array<Cell>(titles.length + 3).fill(NOTHING)];
      const cells: Cell[] = rates(halves, (flows) => stepSuccess(flows, name));
      const now = cells.pop() as string;
      return [
        name,
        formatCount(attempts),
        successText(succeeded, attempts),
        ...cells,
        explaining.has(name) ? { text: now, tone: change?.isWorse ? 'bad' : 'good' } : now,
        ...(durationMs ? [formatMs(durationMs.mean), formatMs(durationMs.p95)] : [NOTHING, NOTHING]),
      ];
    }),
  );
}
