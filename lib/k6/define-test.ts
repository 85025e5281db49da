import exec from 'k6/execution';
import type { Criterion } from '../core/criteria.ts';
import { SYSTEM_TAGS, TREND_STATS } from '../core/metrics.ts';
import { PLAN_VERSION, type TargetDescription, type TestPlan } from '../core/plan.ts';
import type { VariableName } from '../core/variables.ts';
import type { K6Scenario, WorkloadPlan } from '../core/workloads.ts';
import { sampleContracts } from './endpoint.ts';
import { env } from './env.ts';
import { phaseTagger } from './phases.ts';
import { summaryHandler } from './summary.ts';
import { thresholds } from './thresholds.ts';
import type { Traffic } from './traffic.ts';

export interface Product {
  name: string;
  /** Environment variables without which none of its tests can run. */
  requires: VariableName[];
  target: TargetDescription;
}

export interface TestDefinition {
  product: Product;
  /** Name of the file it stands in. */
  test: string;
  description: string;
  workload: WorkloadPlan;
  traffic: Traffic;
  /** Traffic of the workload's probe scenario, where it has one. */
  probe?: Traffic;
  criteria: Criterion[];
  contractShare?: number;
}

/** One response in a hundred: enough to see a contract that broke, at 1 % of the cost of checking all. */
const DEFAULT_CONTRACT_SHARE = 0.01;

/** What k6 calls: `export const { options, run, handleSummary } = defineTest({…})`. */
export interface TestModule {
  options: K6Options;
  run(): void;
  probe(): void;
  handleSummary: ReturnType<typeof summaryHandler>;
}

/** The k6 options that tests set. `ext.suite` carries the plan to whoever inspects the bundle. */
export interface K6Options {
  scenarios: Record<string, K6Scenario>;
  thresholds: Record<string, string[]>;
  systemTags: string[];
  summaryTrendStats: string[];
  noConnectionReuse: boolean;
  userAgent: string;
  ext: { suite: TestPlan };
}

export function defineTest(definition: TestDefinition): TestModule {
  const { product, traffic, probe } = definition;
  const scale = { time: env('TIME_SCALE'), vus: env('VUS_SCALE') };
  const workload = definition.workload(scale);
  const plan: TestPlan = {
    version: PLAN_VERSION,
    product: product.name,
    test: definition.test,
    description: definition.description,
    workload,
    scale,
    endpoints: [...traffic.endpoints, ...(probe?.endpoints ?? [])].filter(
      (one, index, all) => all.findIndex(({ name }) => name === one.name) === index,
    ),
    flows: traffic.flows,
    criteria: definition.criteria,
    requires: product.requires,
    target: product.target,
    seed: env('SEED'),
    contractShare: definition.contractShare ?? DEFAULT_CONTRACT_SHARE,
  };
  sampleContracts(plan.contractShare);
  const enterPhase = phaseTagger(workload.phases);

  return {
    options: {
      scenarios: workload.scenarios,
      thresholds: thresholds(plan),
      systemTags: [...SYSTEM_TAGS],
      summaryTrendStats: Object.values(TREND_STATS),
      noConnectionReuse: false,
      userAgent: `load-suite (${plan.product}/${plan.test})`,
      ext: { suite: plan },
    },
    run: guarded(plan, enterPhase, traffic),
    probe: guarded(plan, enterPhase, probe ?? traffic),
    handleSummary: summaryHandler(plan),
  };
}

/**
 * k6 logs an exception in an iteration and goes on: a broken test would offer no load and pass. Here it ends
 * the run, with the exception as the reason.
 */
function guarded(plan: TestPlan, enterPhase: () => void, traffic: Traffic): () => void {
  return () => {
    enterPhase();
    try {
      traffic.iterate();
    } catch (error) {
      const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
      exec.test.abort(`exception in ${plan.product}/${plan.test}: ${reason}`);
    }
  };
}
