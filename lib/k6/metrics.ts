import { Counter, Rate } from 'k6/metrics';
import { METRICS } from '../core/metrics.ts';

/** Made whatever a test does: k6 refuses thresholds on a metric that no VU has made. */
export const unexpectedAnswers = new Counter(METRICS.unexpectedAnswers);
export const contractsHold = new Rate(METRICS.contractsHold);
