/** Replaces criteria.ts in the VU bundle: criteria are judged after the run, so VUs do not need them. */
const none: readonly never[] = [];
/** Returns a list because tests spread `refusalShareBetween(…)`. */
const noCriteria = () => none;

export {
  noCriteria as breakerOpensWithin,
  noCriteria as breakerRecoversWithin,
  noCriteria as breakingPointAbove,
  noCriteria as contractsHold,
  noCriteria as degradedShareBelow,
  noCriteria as driftBelow,
  noCriteria as during,
  noCriteria as errorRateBelow,
  noCriteria as flowMeanBelow,
  noCriteria as flowPercentileBelow,
  noCriteria as flowSuccessAbove,
  noCriteria as forEndpoint,
  noCriteria as forStep,
  noCriteria as inEveryWindow,
  noCriteria as meanBelow,
  noCriteria as memoryGrowthBelow,
  noCriteria as memorySlopeBelow,
  noCriteria as minor,
  noCriteria as noConnectionLeak,
  noCriteria as noFailedCheck,
  noCriteria as noRestarts,
  noCriteria as nothingLost,
  noCriteria as noTimeouts,
  noCriteria as percentileBelow,
  noCriteria as recoversWithin,
  noCriteria as refusalShareAbove,
  noCriteria as refusalShareBelow,
  noCriteria as refusalShareBetween,
  noCriteria as requestsAbove,
  noCriteria as startSpreadBelow,
  noCriteria as throughputAbove,
};
