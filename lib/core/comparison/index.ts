export { FIGURES, FLOORS, type Floors, OUTCOMES, type Outcome, type Row } from './compared-figures.ts';
export { type Comparison, compare } from './comparison.ts';
export { METHODS } from './difference.ts';
export {
  type Excerpt,
  type ExcerptWindows,
  excerptOf,
  type Part,
  RESOURCES,
  type ResourceName,
} from './excerpt.ts';
export type { Finding, LadderComparison, RungPair } from './ladders.ts';
export * from './obstacles.ts';
export * from './reference.ts';
