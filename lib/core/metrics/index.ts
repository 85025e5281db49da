export { errorKind, statedReason } from './error-kind.ts';
export { ERROR_KINDS, type ErrorKind, UNANSWERED } from './errors.ts';
export { METRICS, type Outcome, PERCENTILES, SYSTEM_TAGS, TREND_STATS, type TrendStats } from './metrics.ts';
export { serverTimingMs } from './server-timing.ts';
