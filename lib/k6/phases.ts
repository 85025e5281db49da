import exec from 'k6/execution';
import type { Phase } from '../core/workloads.ts';

/**
 * Tags everything that a VU measures from now on with the phase that the workload is in.
 * @returns a function that takes the present instant and returns the one at which to call it again
 */
export function phaseTagger(phases: readonly Phase[]): (now: number) => number {
  let startedAt = 0;
  return (now) => {
    if (startedAt === 0) startedAt = exec.scenario.startTime;
    const elapsed = now - startedAt;
    const phase = phases.find(({ endMs }) => elapsed < endMs);
    const last = phases.at(-1);
    exec.vu.metrics.tags.phase = (phase ?? last)?.name ?? '';
    return phase === undefined || phase === last ? Number.POSITIVE_INFINITY : startedAt + phase.endMs;
  };
}
