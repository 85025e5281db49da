export { formatDuration, formatExactly, parseDuration } from './duration.ts';
export {
  downscale,
  emptyHistogram,
  type Histogram,
  histogramOf,
  mergeHistograms,
  quantile,
  relativeError,
  valueAtRank,
} from './histogram.ts';
export { quickRandom, type Random, randomBytes, seededRandom, weightedChoice } from './random.ts';
export {
  countInterval,
  differenceInterval,
  FEWEST_POINTS,
  fewestTrials,
  fitLine,
  type Interval,
  mean,
  meanInterval,
  median,
  percentileInterval,
  ratioInterval,
  share,
  shareInterval,
  slopeInterval,
  squaredDeviations,
  studentT,
  sum,
  wilsonInterval,
} from './statistics.ts';
export { count, megabytes, ms, number, percent, perSecond } from './text.ts';
