import { createHash } from 'node:crypto';
import type { TestPlan } from '../../lib/core/definition/index.ts';
import { type Fingerprint, RESPONSE_TIME } from '../../lib/core/evidence/index.ts';

/**
 * Returns the settings that two runs must have in common to be comparable. Criteria are not part of a fingerprint, so
 * runs stay comparable if a limit changes.
 */
export function fingerprintOf(plan: TestPlan, k6Version: string | null): Fingerprint {
  const { kind, scenarios } = plan.workload;
  const parts = {
    test: `${plan.product}/${plan.test}`,
    workload: digest({ kind, scenarios, endpoints: plan.endpoints, flows: plan.flows }),
    data: `seed ${plan.seed}`,
    scale: `time ${plan.scale.time}, VUs ${plan.scale.vus}`,
    responseTime: RESPONSE_TIME.whole,
    k6: `k6 ${k6Version?.split('.')[0] ?? 'unknown'}`,
  };
  return { hash: digest(parts), parts };
}

function digest(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16);
}
