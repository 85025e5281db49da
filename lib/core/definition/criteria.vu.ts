/** Replaces criteria.ts in the VU bundle: criteria are judged after the run, so VUs do not need them. */
const none: readonly never[] = [];
/** Returns a list because tests spread `refusalShareBetween(…)`. */
const undescribed = () => none;

export {
  undescribed as forEndpoint,
  undescribed as breakerOpensWithin,
  undescribed as breakerRecoversWithin,
  undescribed as breakingPointAbove,
  undescribed as contractsHold,
  undescribed as degradedShareBelow,
  undescribed as driftBelow,
  undescribed as during,
  undescribed as errorRateBelow,
  undescribed as flowMeanBelow,
  undescribed as flowPercentileBelow,
  undescribed as flowSuccessAbove,
  undescribed as inEveryWindow,
  undescribed as meanBelow,
  undescribed as memoryGrowthBelow,
  undescribed as memorySlopeBelow,
  undescribed as minor,
  undescribed as noConnectionLeak,
  undescribed as noFailedCheck,
  undescribed as noRestarts,
  undescribed as noTimeouts,
  undescribed as nothingLost,
  undescribed as forStep,
  undescribed as percentileBelow,
  undescribed as recoversWithin,
  undescribed as refusalShareAbove,
  undescribed as refusalShareBelow,
  undescribed as refusalShareBetween,
  undescribed as requestsAbove,
  undescribed as startSpreadBelow,
  undescribed as throughputAbove,
};
