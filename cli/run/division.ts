import type { TestPlan } from '../../lib/core/definition/index.ts';
import { indivisibleReason } from '../../lib/core/telemetry/index.ts';
import { Problem } from '../support/problem.ts';

export interface Division {
  /** The number of generators that share the test. */
  generators: number;
  /**
   * Why the test runs on one generator although the user requested several; null if it runs on the requested number.
   */
  undividedReason: string | null;
}

/**
 * Decides how many generators a test runs on.
 * @param allowUndivided if true, a test that cannot be divided runs on one generator
 * @throws Problem if the test cannot be divided and `allowUndivided` is false
 */
export function divide(plan: TestPlan, wanted: number, allowUndivided = false): Division {
  const reason = wanted === 1 ? null : indivisibleReason(plan, wanted);
  if (reason && !allowUndivided) throw new Problem(reason);
  return { generators: reason ? 1 : wanted, undividedReason: reason };
}
