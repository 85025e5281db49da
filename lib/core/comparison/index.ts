export { FIGURES, FLOORS, type Floors } from './compared-figures.ts';
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
export { obstacles } from './obstacles.ts';
export {
  MOST_BYTES,
  REFERENCE_VERSION,
  type Reference,
  referenceOf,
  textOf,
} from './reference.ts';
export { OUTCOMES, type Outcome, type Row } from './row.ts';
