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

/** What all tests of a product share. */
export interface Product {
  /** Name of its folder in `tests/`. */
  name: string;
  target: TargetDescription;
  /** How records that a run creates are removed. Absent where they stay. */
  cleanup?: CleanUp;
  /** How records that a run creates are counted, for `nothingLost`. */
  ledger?: Ledger;
}

/** What defines a test. */
export interface TestDefinition {
  product: Product;
  /** Name of its file, without `.ts`. */
  test: string;
  /** One line for `list` and reports. */
  description: string;
  workload: WorkloadPlan;
  traffic: TrafficPlan;
  criteria: Criterion[];
  /** Share of the responses that are checked against the contract of their endpoint, from 0 to 1. Default: 0.001 */
  contractShare?: number;
  /** What the report assesses beside the criteria. Default: nothing */
  assess?: Assessment[];
}

/** Enough to notice a broken contract, for less than 1 % of the CPU. The smoke test checks every response. */
const DEFAULT_CONTRACT_SHARE = 0.001;

/** What k6 calls: `export const { options, run, handleSummary } = defineTest({…})`. */
export interface TestModule {
  options: K6Options;
  run(): void;
  handleSummary: ReturnType<typeof summaryHandler>;
}

/**
 * Defines a test: how much load, which requests, and the criteria by which the run is judged. Export the result as
 * `export const { options, run, handleSummary } = defineTest({…})`.
 * @throws VariableError where variables that the product requires are missing or malformed
 * @throws Error where the traffic is given by scenario and its names are not those of the workload
 */
export function defineTest(definition: TestDefinition): TestModule {
  // A test without contracts has thresholds on how many hold, too.
  createContractRate();
  const plan = planOf(definition);
  return {
    options: k6OptionsOf(plan),
    handleSummary: summaryHandler(plan),
    run: notDescribed,
  };
}

/** What VUs do is in the other edition. */
const notDescribed = () => {};

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
  // Here, because an endpoint looks for its credentials with its first request.
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
