/** Replaces workloads.ts in the VU bundle: VUs perform a workload without reading it. */
const undescribed = () => undefined;

export {
  undescribed as arrivalPhases,
  undescribed as arrivalRamps,
  undescribed as bursts,
  undescribed as closedPeakVUs,
  undescribed as constantArrivals,
  undescribed as constantVUs,
  undescribed as ladder,
  undescribed as once,
  undescribed as rampingVUs,
  undescribed as sequential,
  undescribed as withProbe,
};
