import { setTimeout as sleep } from 'node:timers/promises';
import type { TestPlan } from '../../lib/core/definition/index.ts';
import { TARGET_COLUMNS } from '../../lib/core/evidence/index.ts';
import type { RunSample } from '../probes/sampling.ts';
import type { StartedProbes } from '../probes/start.ts';
import type { RunMeasurements } from '../results/run-measurements.ts';

const COOL_DOWN_SAMPLES = 15;
const COOL_DOWN_INTERVAL_MS = 1000;

/**
 * Samples the target after the load until all connections are back in the pool, at most COOL_DOWN_SAMPLES times. Does
 * nothing if no criterion limits leaked connections.
 */
export async function coolDown(
  { criteria }: Pick<TestPlan, 'criteria'>,
  probes: StartedProbes,
  measurements: RunMeasurements,
  signal: AbortSignal,
): Promise<void> {
  if (!criteria.some(({ measure }) => measure.kind === 'unreturned-connections')) return;
  const active = ({ values }: RunSample) => values[TARGET_COLUMNS.connectionsActive] ?? null;
  const targetSamples = () => measurements.samplesOf('target');
  const [first] = targetSamples();
  const before = first ? active(first) : null;
  if (before === null) return;
  for (let taken = 0; taken < COOL_DOWN_SAMPLES && !signal.aborted; taken++) {
    await sleep(COOL_DOWN_INTERVAL_MS, undefined, { signal }).catch(() => {});
    await probes.sample('target');
    const last = targetSamples().at(-1);
    if (last && (active(last) ?? before + 1) <= before) return;
  }
}
