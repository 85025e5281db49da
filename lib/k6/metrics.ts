import { Counter, Rate, Trend } from 'k6/metrics';
import { METRICS } from '../core/metrics.ts';

/** The suite's own metrics, all in one place: k6 refuses thresholds on one that no VU has made. */
export const unexpectedAnswers = new Counter(METRICS.unexpectedAnswers);
export const contractsHold = new Rate(METRICS.contractsHold);
export const stepDurations = new Trend(METRICS.stepDuration, true);
export const flowDurations = new Trend(METRICS.flowDuration, true);
