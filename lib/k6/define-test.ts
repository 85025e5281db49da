import {
  type Assessment,
  type CleanUp,
  type Criterion,
  type K6Scenario,
  type Ledger,
  PLAN_VERSION,
  type Scale,
  type TargetDescription,
  type TestPlan,
  type TrafficPlan,
  thresholdsOf,
  touchedBy,
  trafficFor,
  type VariableName,
  type WorkloadPlan,
} from '../core/definition/index.ts';
import { SYSTEM_TAGS, TREND_STATS } from '../core/metrics/index.ts';
import { demand, env } from './env.ts';
import { contractsHold } from './metrics.ts';
import { summaryHandler } from './summary.ts';

export interface Product {
  name: string;
  /** Environment variables without which none of its tests can run. */
  requires: VariableName[];
  target: TargetDescription;
  cleanup?: CleanUp;
  ledger?: Ledger;
}

export interface TestDefinition {
  product: Product;
  /** Name of the file it stands in. */
  test: string;
  description: string;
  workload: WorkloadPlan;
  traffic: TrafficPlan;
  criteria: Criterion[];
  contractShare?: number;
  /** What its report assesses beside the criteria. */
  assess?: Assessment[];
}

/** One response in a thousand: a contract that broke is seen, and it costs less than 1 % of the CPU. Smoke holds all. */
const DEFAULT_CONTRACT_SHARE = 0.001;

/** What k6 calls: `export const { options, run, handleSummary } = defineTest({…})`. */
export interface TestModule {
  options: K6Options;
  run(): void;
  handleSummary: ReturnType<typeof summaryHandler>;
}

/** The k6 options that tests set. `ext.suite` carries the plan to whoever inspects the bundle. */
export interface K6Options {
  scenarios: Record<string, K6Scenario>;
  thresholds: Record<string, string[]>;
  systemTags: string[];
  summaryTrendStats: string[];
  userAgent: string;
  ext: { suite: TestPlan };
}

/**
 * Every test is bundled twice. This edition describes it: VU 0, the only one that k6 asks for options and summary,
 * loads it from the other, in which vu/ stands in for what has the same name here.
 */
export function defineTest(definition: TestDefinition): TestModule {
  // A test without contracts has thresholds on how many hold, too.
  contractsHold();
  const plan = planOf(definition);
  return {
    options: optionsOf(plan),
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
  demand(product.requires);
  const scale: Scale = { time: env('TIME_SCALE'), vus: env('VUS_SCALE') };
  const planned = workload(scale);
  return {
    version: PLAN_VERSION,
    product: product.name,
    test,
    description,
    workload: planned,
    scale,
    ...touchedBy(trafficFor(traffic, Object.keys(planned.scenarios))),
    criteria,
    requires: product.requires,
    target: product.target,
    seed: env('SEED'),
    contractShare,
    ...(assess && { assess }),
    ...(product.cleanup && { cleanup: product.cleanup }),
    ...(product.ledger && { ledger: product.ledger }),
  };
}

function optionsOf(plan: TestPlan): K6Options {
  return {
    scenarios: plan.workload.scenarios,
    thresholds: thresholdsOf(plan),
    systemTags:
      Object.keys(plan.workload.scenarios).length > 1 ? [...SYSTEM_TAGS, 'scenario'] : [...SYSTEM_TAGS],
    summaryTrendStats: Object.values(TREND_STATS),
    userAgent: `load-suite (${plan.product}/${plan.test})`,
    ext: { suite: plan },
  };
}
