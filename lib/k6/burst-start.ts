import { sleep } from 'k6';
import exec from 'k6/execution';
import { createBurstOffsetTrend } from './metrics.ts';

/** From the beginning of a burst's scenario: long enough for k6 to have started all its VUs. */
const GATHERING_MS = 500;

/**
 * An iteration that in a burst waits until all its VUs are there, and begins at the same instant as theirs. How long
 * after that instant it really began is measured.
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
