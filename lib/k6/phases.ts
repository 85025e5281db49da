import exec from 'k6/execution';
import { phaseAt } from '../core/definition/index.ts';

/**
 * Creates a function that tags all further samples of a VU with the current phase of the workload. Its parameter is
 * the current time, and it returns the time at which to call it again. Both are in ms since the epoch.
 */
export function phaseTagger(phases: readonly { name: string; endMs: number }[]): (now: number) => number {
  let startedAt = 0;
  return (now) => {
    const { name } = exec.scenario;
    // A scenario named like a phase always belongs to that phase. The VU may run a different scenario next, so check
    // again.
    if (phases.some((phase) => phase.name === name)) {
      exec.vu.metrics.tags.phase = name;
      return now;
    }
    if (startedAt === 0) startedAt = exec.scenario.startTime;
    const phase = phaseAt(phases, now - startedAt);
    exec.vu.metrics.tags.phase = phase.name;
    return startedAt + phase.endMs;
  };
}
