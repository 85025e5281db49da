export * from './contract.ts';
export * from './criteria.ts';
export * from './criterion.ts';
export * from './options.ts';
export * from './plan.ts';
export * from './product-variables.ts';
export * from './redirect.ts';
export * from './route.ts';
export * from './row-dealer.ts';
export { COMMON_STATUSES, subMetric } from './thresholds.ts';
export * from './traffic.ts';
export {
  isLocalEnvironment,
  type ProcessEnvironment,
  requiredValue,
  type Variable,
  VariableError,
} from './variable.ts';
export * from './variables.ts';
export * from './workload.ts';
export { consecutivePhases } from './workloads/scale.ts';
export * from './workloads.ts';
