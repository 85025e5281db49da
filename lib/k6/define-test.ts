import {
  type Assessment,
  type CleanUp,
  type Criterion,
  type K6Options,
  k6OptionsOf,
  type Ledger,
  PLAN_VERSION,
  type Scale,
  type TargetDescription,
  type TestPlan,
  type TrafficPlan,
  trafficOfScenarios,
  usageOf,
  type WorkloadPlan,
} from '../core/definition/index.ts';
import { declaredVariables, env, requireVariables } from './env.ts';
import { createContractRate } from './metrics.ts';
import { summaryHandler } from './summary.ts';

/** The settings that all tests of a product share. */
export interface Product {
  /** Name of the product's folder in `tests/`. */
  name: string;
  target: TargetDescription;
  /** How the runner removes the records that a run creates. Absent if they stay. */
  cleanup?: CleanUp;
  /** How the runner counts the records that a run creates. The criterion `nothingLost` requires it. */
  ledger?: Ledger;
}

/** The definition of a test. */
export interface TestDefinition {
  product: Product;
  /** Name of the test's file, without `.ts`. */
  test: string;
  /** One line for `list` and reports. */
  description: string;
  /** How much load: `constantVUs({ vus: 200, duration: '10m' })`. */
  workload: WorkloadPlan;
  /** Which requests: `mix([…])`. */
  traffic: TrafficPlan;
  /** The limits by which a run is judged: `[percentileBelow(0.95, '300ms'), errorRateBelow(0.01)]`. */
  criteria: Criterion[];
  /** Share of the responses that are checked against the contract of their endpoint, from 0 to 1. Default: 0.001 */
  contractShare?: number;
  /** Additional sections of the report. Default: none */
  assess?: Assessment[];
}

/**
 * Default share of checked responses: enough to detect a broken contract, for less than 1 % of the CPU. The smoke test
 * checks every response.
 */
const DEFAULT_CONTRACT_SHARE = 0.001;

/** The exports that k6 requires: `export const { options, run, handleSummary } = defineTest({…})`. */
export interface TestModule {
  options: K6Options;
  run(): void;
  handleSummary: ReturnType<typeof summaryHandler>;
}

/**
 * Defines a test: how much load, which requests, and the criteria by which a run is judged.
 *
 *     export const { options, run, handleSummary } = defineTest({
 *       product,
 *       test: 'lunch',
 *       description: 'an hour at noon: 200 users',
 *       workload: constantVUs({ vus: 200, duration: '1h' }),
 *       traffic: usualTraffic,
 *       criteria: [percentileBelow(0.95, '300ms'), errorRateBelow(0.01)],
 *     });
 *
 * @throws VariableError if variables that the product requires are missing or malformed
 * @throws Error if there is traffic for each scenario and its names differ from those of the workload's scenarios
 */
export function defineTest(definition: TestDefinition): TestModule {
  // Create this metric even if no endpoint has a contract, because thresholds refer to it.
  createContractRate();
  const plan = planOf(definition);
  return {
    options: k6OptionsOf(plan),
    handleSummary: summaryHandler(plan),
    // This edition only describes the test. The implementation that VUs run is in the VU bundle.
    run: () => {},
  };
}

function planOf({
  product,
  test,
  description,
  workload,
  traffic,
  criteria,
  contractShare = DEFAULT_CONTRACT_SHARE,
  assess,
}: TestDefinition): TestPlan {
  // Check now, because an endpoint reads its credentials only with its first request.
  requireVariables();
  const scale: Scale = { time: env('TIME_SCALE'), vus: env('VUS_SCALE') };
  const planned = workload(scale);
  return {
    version: PLAN_VERSION,
    product: product.name,
    test,
    description,
    workload: planned,
    scale,
    ...usageOf(trafficOfScenarios(traffic, Object.keys(planned.scenarios))),
    criteria,
    variables: declaredVariables(),
    target: product.target,
    seed: env('SEED'),
    contractShare,
    ...(assess && { assess }),
    ...(product.cleanup && { cleanup: product.cleanup }),
    ...(product.ledger && { ledger: product.ledger }),
  };
}
