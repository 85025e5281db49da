import { setTimeout as sleep } from 'node:timers/promises';
import type { TestPlan } from '../../lib/core/definition/index.ts';
import { TARGET_COLUMNS } from '../../lib/core/evidence/index.ts';
import type { RunSample } from '../probes/sampling.ts';
import type { StartedProbes } from '../probes/start.ts';
import type { RunMeasurements } from '../results/run-measurements.ts';

const COOL_DOWN_SAMPLES = 15;
const COOL_DOWN_EVERY_MS = 1000;

/**
 * Where a criterion asks for it, watches the target after the load until its connections are back, or long enough to
 * say that they are not.
 */
export async function coolDown(
  { criteria }: Pick<TestPlan, 'criteria'>,
  probes: StartedProbes,
  record: RunMeasurements,
  signal: AbortSignal,
): Promise<void> {
  if (!criteria.some(({ measure }) => measure.kind === 'unreturned-connections')) return;
  const active = ({ values }: RunSample) => values[TARGET_COLUMNS.connectionsActive] ?? null;
  const ofTarget = () => record.samplesOf('target');
  const [first] = ofTarget();
  const before = first ? active(first) : null;
  if (before === null) return;
  for (let taken = 0; taken < COOL_DOWN_SAMPLES && !signal.aborted; taken++) {
    await sleep(COOL_DOWN_EVERY_MS, undefined, { signal }).catch(() => {});
    await probes.sample('target');
    const last = ofTarget().at(-1);
    if (last && (active(last) ?? before + 1) <= before) return;
  }
}
