export { closedPeakVUs, constantVUs, ladder, once, rampingVUs } from './workloads/closed.ts';
export { bursts, sequential } from './workloads/counted.ts';
export { arrivalPhases, arrivalRamps, constantArrivals, withProbe } from './workloads/open.ts';
