import {
  type Criterion,
  contractsHold,
  noFailedCheck,
  once,
  type Traffic,
} from '../core/definition/index.ts';
import { defineTest, type Product, type TestModule } from './define-test.ts';

/** What defines a smoke test. */
export interface SmokeTestDefinition {
  product: Product;
  description: string;
  /** Every kind of request and flow that the product has. */
  traffic: Traffic;
  /** Number of endpoints that have a contract. */
  contracts: number;
  /** Criteria beside those of every smoke test. */
  criteria?: Criterion[];
}

/**
 * Defines the test `smoke`: one user performs all traffic once, nothing may fail, and every response has to
 * satisfy its contract.
 */
export const defineSmokeTest = ({
  contracts,
  criteria = [],
  ...definition
}: SmokeTestDefinition): TestModule =>
  defineTest({
    ...definition,
    test: 'smoke',
    workload: once({ maxDuration: '1m' }),
    contractShare: 1,
    criteria: [noFailedCheck(), contractsHold(contracts), ...criteria],
  });
