import exec from 'k6/execution';
import type { Phase } from '../core/workloads.ts';

/**
 * Tags everything that a VU measures with the phase that the workload is in. The clock is read once an
 * iteration; the tag is written only when the phase changes.
 */
export function phaseTagger(phases: readonly Phase[]): () => void {
  let startedAt = 0;
  let until = -1;
  return () => {
    const now = Date.now();
    if (now < until) return;
    if (startedAt === 0) startedAt = exec.scenario.startTime;
    const elapsed = now - startedAt;
    const phase = phases.find(({ endMs }) => elapsed < endMs) ?? phases.at(-1);
    if (phase === undefined) return;
    exec.vu.metrics.tags.phase = phase.name;
    until = phase === phases.at(-1) ? Number.POSITIVE_INFINITY : startedAt + phase.endMs;
  };
}
