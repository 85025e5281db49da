import {
  type Criterion,
  contractsHold,
  noFailedCheck,
  once,
  type Traffic,
} from '../core/definition/index.ts';
import { defineTest, type Product, type TestModule } from './define-test.ts';

export interface SmokeTestDefinition {
  product: Product;
  description: string;
  /** All that there is, once. */
  traffic: Traffic;
  /** How many endpoints have one. */
  contracts: number;
  /** Beside those of every smoke test. */
  criteria?: Criterion[];
}

/** The test named `smoke`: one user does everything once, nothing fails, and every answer keeps its contract. */
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
