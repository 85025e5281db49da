import type { Excerpt } from '../../lib/core/comparison/index.ts';
import { headline } from '../report/terminal.ts';
import type { Interruption } from '../run/interruption.ts';
import { runOfSeries, type SeriesRequest } from '../run/run-test.ts';
import type { Settings } from '../run/settings.ts';
import { Problem } from '../support/problem.ts';
import type { Terminal } from '../support/terminal.ts';
import { comparableExcerpt } from './side.ts';

/** One of the targets that are compared. */
export interface ComparedTarget {
  name: string;
  /** The environment variables that make it what it is. */
  variables: Record<string, string>;
  settings: Settings;
}

/**
 * Each round in the opposite order of the one before, A B, B A, A B: what drifts over the hours, such as the heat of
 * a machine, then weighs on both alike.
 */
export function balancedOrder<T>(contenders: readonly T[], rounds: number): T[] {
  return Array.from({ length: rounds }, (_, round) =>
    round % 2 === 0 ? contenders : contenders.toReversed(),
  ).flat();
}

/**
 * Runs one test against several targets in this order, on this machine.
 * @param onRun told of each run as it ends, and of all that there are of its contender by then
 * @throws Problem where a run cannot be made, is interrupted, or supports no conclusion
 */
export async function runInOrder(
  order: readonly ComparedTarget[],
  request: Omit<SeriesRequest, 'settings'>,
  interruption: Interruption,
  terminal: Terminal,
  onRun: (runs: ReadonlyMap<ComparedTarget, Excerpt[]>) => void = () => {},
): Promise<Map<ComparedTarget, Excerpt[]>> {
  const runs = new Map<ComparedTarget, Excerpt[]>();
  for (const [place, contender] of order.entries()) {
    const { name, variables, settings } = contender;
    terminal.line(`Run ${place + 1} of ${order.length}: ${name}`);
    const { result, unwritten } = await runOfSeries(
      { ...request, labels: { ...request.labels, ...variables }, settings },
      interruption,
      terminal,
    );
    if (unwritten) throw unwritten;
    terminal.line(headline(result));
    if (result.run.outcome === 'interrupted')
      throw new Problem('Interrupted: the sides were not compared. The runs until then stay.', 'INTERRUPTED');
    runs.set(contender, [...(runs.get(contender) ?? []), comparableExcerpt(result)]);
    onRun(runs);
  }
  return runs;
}
