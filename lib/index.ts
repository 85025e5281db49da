/** The API for test files: `import { defineTest } from 'load-suite'`. This module runs inside k6. */

// Define a test

export {
  defineTest,
  type Product,
  type TestDefinition,
  type TestModule,
} from './k6/define-test.ts';
export { defineSmokeTest, type SmokeTestDefinition } from './k6/smoke-test.ts';

// Endpoints

export type { CallResult, Response } from './k6/call-result.ts';
export { type ContractFile, type Endpoint, type EndpointOptions, endpoint } from './k6/endpoint.ts';
export { type Form, file } from './k6/form.ts';

// Flows

export {
  flow,
  observedStep,
  type Step,
  type StepResult,
  serverTiming,
  step,
} from './k6/flow.ts';

// Traffic

export {
  inSequence,
  type PlannableEndpoint,
  plannedEndpoint,
  type Traffic,
  type TrafficPlan,
  type TrafficUsage,
} from './core/definition/index.ts';
export { each, mix, oneOf, type ThinkTime, type Visit, visit, withThinkTime } from './k6/traffic.ts';

// Authentication

export {
  apiKey,
  bearer,
  type Credentials,
  credentials,
  type HeldToken,
  heldToken,
  none,
  signed,
  wrongSignature,
} from './k6/auth.ts';

// Data

export { randomBytes } from './core/numbers/index.ts';
export { type Dataset, dataset } from './k6/data.ts';
export {
  defineVariables,
  env,
  optionalEnv,
  type ProductVariable,
  type ProductVariables,
} from './k6/env.ts';
export { anyOf, perVU, random } from './k6/per-vu.ts';

// Workloads

export {
  type ArrivalOptions,
  arrivalPhases,
  arrivalRamps,
  bursts,
  type ConstantRate,
  constantArrivals,
  constantVUs,
  ladder,
  once,
  type Ramp,
  rampingVUs,
  type Stage,
  sequential,
  type WorkloadPlan,
  withProbe,
} from './core/definition/index.ts';

// Criteria

export {
  breakerOpensWithin,
  breakerRecoversWithin,
  breakingPointAbove,
  contractsHold,
  degradedShareBelow,
  driftBelow,
  during,
  errorRateBelow,
  flowMeanBelow,
  flowPercentileBelow,
  flowSuccessAbove,
  forEndpoint,
  forStep,
  inEveryWindow,
  meanBelow,
  memoryGrowthBelow,
  memorySlopeBelow,
  minor,
  noConnectionLeak,
  noFailedCheck,
  noRestarts,
  noTimeouts,
  nothingLost,
  percentileBelow,
  recoversWithin,
  refusalShareAbove,
  refusalShareBelow,
  refusalShareBetween,
  requestsAbove,
  startSpreadBelow,
  throughputAbove,
} from './core/definition/index.ts';

// Types

export type {
  Assessment,
  Authentication,
  CleanUp,
  CredentialProbe,
  Criterion,
  Ledger,
  PlannedEndpoint,
  PlannedFlow,
  Scale,
  TargetDescription,
  VariableDeclaration,
  VariableKind,
  VariableKinds,
  Workload,
} from './core/definition/index.ts';
