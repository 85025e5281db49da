/**
 * Replaces workloads.ts in the VU bundle: VUs do not need the definition of the workload, because k6 schedules their
 * iterations.
 */
const noWorkload = () => undefined;

export {
  noWorkload as arrivalPhases,
  noWorkload as arrivalRamps,
  noWorkload as bursts,
  noWorkload as closedPeakVUs,
  noWorkload as constantArrivals,
  noWorkload as constantVUs,
  noWorkload as ladder,
  noWorkload as once,
  noWorkload as rampingVUs,
  noWorkload as sequential,
  noWorkload as withProbe,
};
