import { Counter, Rate, Trend } from 'k6/metrics';
import { METRICS } from '../core/metrics/index.ts';

/** Every test creates this metric, because k6 rejects thresholds on a metric that no VU creates. */
export const unexpectedResponseCounter = new Counter(METRICS.unexpectedResponses);

// Every VU holds its own objects, so VUs create these metrics only if they need them.
export const createContractRate = () => new Rate(METRICS.contractsHold);
export const createRefusalCounter = () => new Counter(METRICS.designedRefusals);
export const createDegradedCounter = () => new Counter(METRICS.degradedResponses);
export const createBurstOffsetTrend = () => new Trend(METRICS.burstOffset, true);
