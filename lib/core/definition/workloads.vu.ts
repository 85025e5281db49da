/** Takes the place of workloads.ts in the bundle for VUs, which do not read the workload that they perform. */
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
