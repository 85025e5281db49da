import exec from 'k6/execution';
import type { Criterion } from '../core/criteria.ts';
import { SYSTEM_TAGS, TREND_STATS } from '../core/metrics.ts';
import { PLAN_VERSION, type TargetDescription, type TestPlan } from '../core/plan.ts';
import type { VariableName } from '../core/variables.ts';
import type { K6Scenario, Scale, Workload, WorkloadPlan } from '../core/workloads.ts';
import { env } from './env.ts';
import './metrics.ts';
import { phaseTagger } from './phases.ts';
import { runningTest } from './running-test.ts';
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

/** One response in a thousand: a contract that broke is seen, and it costs less than 1 % of the CPU. Smoke holds all. */
const DEFAULT_CONTRACT_SHARE = 0.001;

/** What k6 calls: `export const { options, run, handleSummary } = defineTest({…})`. */
export interface TestModule {
  options: K6Options | null;
  run(): void;
  probe(): void;
  handleSummary: ReturnType<typeof summaryHandler> | null;
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

export function defineTest(definition: TestDefinition): TestModule {
  const { product, traffic, probe = traffic } = definition;
  const name = `${product.name}/${definition.test}`;
  const scale = { time: env('TIME_SCALE'), vus: env('VUS_SCALE') };
  const workload = definition.workload(scale);
  const contractShare = definition.contractShare ?? DEFAULT_CONTRACT_SHARE;
  runningTest.contractShare = shareOfThisVU(contractShare, workload.peakVUs);
  runningTest.vus = workload.peakVUs;
  const enterPhase = phaseTagger(workload.phases);
  const vuFunctions = {
    run: guarded(name, enterPhase, traffic),
    probe: guarded(name, enterPhase, probe),
  };
  // k6 takes options and the summary from its VU 0 alone; 500 VUs that make a plan each start a second later.
  if (__VU > 0) return { ...vuFunctions, options: null, handleSummary: null };
  const plan = planOf(definition, workload, scale, contractShare);
  return { ...vuFunctions, options: optionsOf(plan), handleSummary: summaryHandler(plan) };
}

/** At most this many VUs for one that holds responses to their contracts. */
const VUS_PER_CHECKER = 50;

/**
 * To make a contract costs a VU more than to hold hundreds of responses to it. So a few VUs do it for all, and
 * oftener: VUs are alike, and so are the responses that they get.
 */
function shareOfThisVU(share: number, vus: number): number {
  const vusPerChecker = Math.max(1, Math.min(VUS_PER_CHECKER, vus, Math.floor(1 / share)));
  return __VU % vusPerChecker === 1 % vusPerChecker ? share * vusPerChecker : 0;
}

function planOf(
  { product, test, description, traffic, probe, criteria }: TestDefinition,
  workload: Workload,
  scale: Scale,
  contractShare: number,
): TestPlan {
  const endpoints = new Map(
    [...traffic.endpoints, ...(probe?.endpoints ?? [])].map((one) => [one.name, one]),
  );
  return {
    version: PLAN_VERSION,
    product: product.name,
    test,
    description,
    workload,
    scale,
    endpoints: [...endpoints.values()],
    flows: traffic.flows,
    criteria,
    requires: product.requires,
    target: product.target,
    seed: env('SEED'),
    contractShare,
  };
}

function optionsOf(plan: TestPlan): K6Options {
  return {
    scenarios: plan.workload.scenarios,
    thresholds: thresholds(plan),
    systemTags: [...SYSTEM_TAGS],
    summaryTrendStats: Object.values(TREND_STATS),
    userAgent: `load-suite (${plan.product}/${plan.test})`,
    ext: { suite: plan },
  };
}

/**
 * k6 logs an exception in an iteration and goes on: a broken test would offer no load and pass. Here it ends
 * the run, with the exception as the reason.
 */
function guarded(name: string, enterPhase: (now: number) => number, traffic: Traffic): () => void {
  let phaseEnds = 0;
  return () => {
    const now = Date.now();
    if (now >= phaseEnds) phaseEnds = enterPhase(now);
    try {
      traffic.iterate();
    } catch (error) {
      const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
      exec.test.abort(`exception in ${name}: ${reason}`);
    }
  };
}
