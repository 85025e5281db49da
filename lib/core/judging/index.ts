export { type Category, type Checked, checklist } from './checklist.ts';
export { diagnose } from './diagnosis/index.ts';
export { causesToMend, judge, judgeCriterion, promiseOf } from './judge.ts';
export type { Connections } from './ladder/connections.ts';
export { REQUESTS_FAIL, type Rung, rungsOf } from './ladder/rungs.ts';
export { type Capacity, type Estimate, FEWEST_RUNGS } from './ladder/scalability.ts';
export { type Ladder, ladderOf } from './ladder.ts';
export { METHODS, measure } from './measures.ts';
export {
  assessReadiness,
  COMPONENTS,
  type ComponentName,
  OUT_OF,
  READY_SCORE,
  READY_SHARE,
  type Readiness,
  type ScoredComponent,
} from './readiness.ts';
export { MAX_GENERATOR_CPU, SATURATED_SAMPLES_SHARE } from './validity.ts';
