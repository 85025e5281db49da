import type { TestPlan } from '../../lib/core/definition/index.ts';
import { indivisibleReason } from '../../lib/core/telemetry/index.ts';
import { Problem } from '../support/problem.ts';

export interface Divided {
  /** Among how many generators the test is divided. */
  generators: number;
  /** Why it is not divided among as many as the user asked for; null where it is. */
  whole: string | null;
}

/**
 * Divides a test among generators.
 * @param mayStayWhole a test that cannot be divided runs on one generator
 * @throws Problem where it cannot be divided otherwise
 */
export function divide(plan: TestPlan, wanted: number, mayStayWhole = false): Divided {
  const whole = wanted === 1 ? null : indivisibleReason(plan, wanted);
  if (whole && !mayStayWhole) throw new Problem(whole);
  return { generators: whole ? 1 : wanted, whole };
}
