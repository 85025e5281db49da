export {
  type ExecutionSegment,
  executionSegments,
  indivisibleReason,
} from './generators/execution-segments.ts';
export {
  combinedExit,
  combinedK6Totals,
  type GeneratorExit,
  generatorFigures,
} from './generators/generator-figures.ts';
export { GeneratorTally } from './generators/generator-tally.ts';
export { WindowMerger } from './generators/window-merger.ts';
export { type RunFigures, RunTally, trendOfHistogram } from './run-figures.ts';
export { SUMMARY_VERSION, type Summary } from './summary.ts';
export { type SummaryData, summaryFromK6 } from './summary-from-k6.ts';
export { summaryText } from './summary-text.ts';
export { MAX_TAG_SETS, Tally } from './tally.ts';
export { MAX_SLICES } from './timeline.ts';
export {
  type MetricSeries,
  RATE_CONDITION,
  type Tags,
  type TelemetryPeriod,
  type Window,
} from './windows.ts';
