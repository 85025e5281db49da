import { Counter, Rate, Trend } from 'k6/metrics';
import { METRICS } from '../core/metrics/index.ts';

/** Every test creates these metrics, because k6 rejects thresholds on a metric that no VU creates. */
export const unexpectedResponseCounter = new Counter(METRICS.unexpectedResponses);
export const responseTimeTrend = new Trend(METRICS.responseTime, true);

// Created only on demand, because every VU holds its own copy of each metric object.
export const createContractRate = () => new Rate(METRICS.contractsHold);
export const createRefusalCounter = () => new Counter(METRICS.designedRefusals);
export const createDegradedCounter = () => new Counter(METRICS.degradedResponses);
export const createBurstOffsetTrend = () => new Trend(METRICS.burstOffset, true);
