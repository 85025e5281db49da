export { withAssessments } from './assess.ts';
export { diagnose } from './diagnosis/index.ts';
export { criterionFieldsOf, fixableCauses, judge, judgeCriterion } from './judge.ts';
export { MEASUREMENT_METHODS, measureCriterion } from './measures.ts';
export { MAX_GENERATOR_CPU_SHARE, MAX_SATURATED_SAMPLES_SHARE } from './validity.ts';
