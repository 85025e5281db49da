export * from './comparability.ts';
export {
  COMPARED_FIGURES,
  COMPARISON_OUTCOMES,
  type ComparisonOutcome,
  type ComparisonRow,
  DEFAULT_FLOORS,
  type Floors,
} from './compared-figures.ts';
export { type Comparison, compare } from './comparison.ts';
export { INTERVAL_METHODS } from './difference.ts';
export {
  COMPARED_RESOURCES,
  type Excerpt,
  type ExcerptPart,
  type ExcerptWindows,
  excerptOf,
  type ResourceName,
} from './excerpt.ts';
export type { LadderComparison, LadderFinding, RungPair } from './ladder-comparison.ts';
export * from './reference.ts';
