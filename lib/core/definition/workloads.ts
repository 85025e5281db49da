export { closedPeakVUs, constantVUs, ladder, once, rampingVUs } from './workloads/closed.ts';
export { bursts, sequential } from './workloads/counted.ts';
export {
  arrivalPhases,
  arrivalRamps,
  type ConstantRate,
  constantArrivals,
  type Ramp,
  type Reserve,
  withProbe,
} from './workloads/open.ts';
