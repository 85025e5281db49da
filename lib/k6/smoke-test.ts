import { type Criterion, contractsHold, noFailedCheck, once, type Traffic } from '../core/definition/index.ts';
import { defineTest, type Product, type TestModule } from './define-test.ts';

/** The definition of a smoke test. */
export interface SmokeTestDefinition {
  product: Product;
  /** One line for `list` and reports. */
  description: string;
  /** All requests and flows of the product, such as `inSequence(each(visits), purchase)`. */
  traffic: Traffic;
  /** Number of endpoints that have a contract. At least this many responses must be checked. */
  contracts: number;
  /** Criteria in addition to those of every smoke test. */
  criteria?: Criterion[];
}

/**
 * Defines the test `smoke`: one user performs all traffic once, no request may fail, and every response must satisfy
 * its contract.
 *
 *     export const { options, run, handleSummary } = defineSmokeTest({
 *       product,
 *       description: 'every request once',
 *       traffic: inSequence(each(visits), purchase),
 *       contracts: 2,
 *     });
 */
export const defineSmokeTest = ({ contracts, criteria = [], ...definition }: SmokeTestDefinition): TestModule =>
  defineTest({
    ...definition,
    test: 'smoke',
    workload: once({ maxDuration: '1m' }),
    contractShare: 1,
    criteria: [noFailedCheck(), contractsHold(contracts), ...criteria],
  });
