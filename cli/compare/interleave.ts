import type { Excerpt } from '../../lib/core/comparison/index.ts';
import { headline } from '../report/terminal.ts';
import type { Interruption } from '../run/interruption.ts';
import type { Settings } from '../run/run-settings.ts';
import { runInSeries, type SeriesRequest } from '../run/run-test.ts';
import { Problem } from '../support/problem.ts';
import type { Terminal } from '../support/terminal.ts';
import { comparableExcerpt } from './side.ts';

/** A target that the `ab` command compares with another target. */
export interface ComparedTarget {
  name: string;
  /** The environment variables in which this target differs from the target it is compared with. */
  variables: Record<string, string>;
  settings: Settings;
}

/**
 * Returns the targets in the order in which to test them. Every second round is reversed: A B, B A, A B. A slow drift,
 * such as a machine that heats up, then affects all targets equally.
 */
export function balancedOrder<T>(targets: readonly T[], rounds: number): T[] {
  return Array.from({ length: rounds }, (_, round) => (round % 2 === 0 ? targets : targets.toReversed())).flat();
}

/**
 * Runs one test against several targets in the given order, on this machine.
 * @param onRun called after each run with all runs that have finished
 * @throws Problem if a run cannot start, is interrupted, or is INVALID
 */
export async function runInOrder(
  order: readonly ComparedTarget[],
  request: Omit<SeriesRequest, 'settings'>,
  interruption: Interruption,
  terminal: Terminal,
  onRun: (runs: ReadonlyMap<ComparedTarget, Excerpt[]>) => void = () => {},
): Promise<Map<ComparedTarget, Excerpt[]>> {
  const runs = new Map<ComparedTarget, Excerpt[]>();
  for (const [index, target] of order.entries()) {
    const { name, variables, settings } = target;
    terminal.line(`Run ${index + 1} of ${order.length}: ${name}`);
    const { result, writeProblem: unwritten } = await runInSeries(
      { ...request, labels: { ...request.labels, ...variables }, settings },
      interruption,
      terminal,
    );
    if (unwritten) throw unwritten;
    terminal.line(headline(result));
    if (result.run.outcome === 'interrupted')
      throw new Problem('Interrupted before the sides could be compared. The finished runs are kept.', 'INTERRUPTED');
    runs.set(target, [...(runs.get(target) ?? []), comparableExcerpt(result)]);
    onRun(runs);
  }
  return runs;
}
