import { Counter, Rate, Trend } from 'k6/metrics';
import { METRICS } from '../core/metrics/index.ts';

/** Made whatever a test does: k6 refuses thresholds on a metric that no VU has made. */
export const unexpectedAnswers = new Counter(METRICS.unexpectedAnswers);

/** Made only by VUs that have what they count: each is there once for every VU. */
export const contractsHold = () => new Rate(METRICS.contractsHold);
export const designedRefusals = () => new Counter(METRICS.designedRefusals);
export const degradedAnswers = () => new Counter(METRICS.degradedAnswers);
export const burstOffset = () => new Trend(METRICS.burstOffset, true);
