export { type Figures, RunTally, trend } from './figures.ts';
export { indivisible, type Segment, segmentsOf } from './generators/division.ts';
export { countedByAll, endOfAll, type GeneratorEnd, generatorFigures } from './generators/figures.ts';
export { WindowMerger } from './generators/merge.ts';
export { GeneratorRoll } from './generators/roll.ts';
export { SUMMARY_VERSION, type Summary } from './summary.ts';
export { MAX_TAG_SETS, Tally } from './tally.ts';
export { MAX_SLICES } from './timeline.ts';
export { CONDITION, type Series, type Span, type Tags, type Window } from './windows.ts';
