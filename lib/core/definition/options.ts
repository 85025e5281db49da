import { SYSTEM_TAGS, TREND_STATS } from '../metrics/index.ts';
import type { TestPlan } from './plan.ts';
import { thresholdsOf } from './thresholds.ts';
import type { K6Scenario } from './workload.ts';

/** The k6 options that tests set. `ext.suite` carries the plan, which `k6 inspect` prints. */
export interface K6Options {
  scenarios: Record<string, K6Scenario>;
  thresholds: Record<string, string[]>;
  systemTags: string[];
  summaryTrendStats: string[];
  userAgent: string;
  /** A redirect is a response. Endpoints that allow redirects follow them themselves. */
  maxRedirects: 0;
  ext: { suite: TestPlan };
}

/**
 * The k6 options of a plan. Every system tag makes every sample more expensive, so `scenario` is a tag only if the
 * workload has several scenarios.
 */
export function k6OptionsOf(plan: TestPlan): K6Options {
  return {
    scenarios: plan.workload.scenarios,
    thresholds: thresholdsOf(plan),
    systemTags: Object.keys(plan.workload.scenarios).length > 1 ? [...SYSTEM_TAGS, 'scenario'] : [...SYSTEM_TAGS],
    summaryTrendStats: Object.values(TREND_STATS),
    maxRedirects: 0,
    userAgent: `load-suite (${plan.product}/${plan.test})`,
    ext: { suite: plan },
  };
}
