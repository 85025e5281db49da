/** Replaces workloads.ts in the VU bundle: VUs perform a workload without reading it. */
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
