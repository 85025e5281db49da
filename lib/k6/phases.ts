import exec from 'k6/execution';
import { phaseAt } from '../core/definition/index.ts';

/**
 * Tags everything that a VU measures from now on with the phase that the workload is in.
 * @returns a function that takes the present instant and returns the one at which to call it again
 */
export function phaseTagger(phases: readonly { name: string; endMs: number }[]): (now: number) => number {
  let startedAt = 0;
  return (now) => {
    const { name } = exec.scenario;
    // Whatever the clock says, a scenario is in the phase of its name. Its VU may serve another one next.
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
