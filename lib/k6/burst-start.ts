import { sleep } from 'k6';
import exec from 'k6/execution';
import { createBurstOffsetTrend } from './metrics.ts';

/** Time from the start of a scenario until k6 has started all its VUs. */
const GATHERING_MS = 500;

/**
 * An iteration that, in a burst, starts at the same instant as those of all other VUs. It records the delay between
 * that instant and its actual start.
 * @param scenarios the scenarios that are bursts
 */
export function synchronizedIteration(scenarios: readonly string[], perform: () => void): () => void {
  const offsets = createBurstOffsetTrend();
  return () => {
    const { name, startTime } = exec.scenario;
    if (scenarios.includes(name)) {
      const instant = startTime + GATHERING_MS;
      sleep(Math.max(0, instant - Date.now()) / 1000);
      offsets.add(Date.now() - instant);
    }
    perform();
  };
}
