import { Counter, Rate, Trend } from 'k6/metrics';
import { METRICS } from '../core/metrics/index.ts';

/** Made whatever a test does: k6 refuses thresholds on a metric that no VU has made. */
export const unexpectedResponseCounter = new Counter(METRICS.unexpectedResponses);

/** Made only by VUs that have what they count: each is there once for every VU. */
export const createContractRate = () => new Rate(METRICS.contractsHold);
export const createRefusalCounter = () => new Counter(METRICS.designedRefusals);
export const createDegradedCounter = () => new Counter(METRICS.degradedResponses);
export const createBurstOffsetTrend = () => new Trend(METRICS.burstOffset, true);
