export { assessed } from './assess.ts';
export { diagnose } from './diagnosis/index.ts';
export { causesToMend, judge, judgeCriterion, promiseOf } from './judge.ts';
export { METHODS, measure } from './measures.ts';
export { MAX_GENERATOR_CPU, SATURATED_SAMPLES_SHARE } from './validity.ts';
