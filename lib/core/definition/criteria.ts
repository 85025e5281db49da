export { flowMeanBelow, flowPercentileBelow, flowSuccessAbove } from './criteria/flows.ts';
export { at, during, inEveryWindow, minor, ofStep } from './criteria/narrow.ts';
export { nothingLost } from './criteria/records.ts';
export {
  contractsHold,
  degradedShareBelow,
  errorRateBelow,
  meanBelow,
  noFailedCheck,
  noTimeouts,
  percentileBelow,
  refusalShareAbove,
  refusalShareBelow,
  refusalShareBetween,
  requestsAbove,
  startSpreadBelow,
  throughputAbove,
} from './criteria/requests.ts';
export {
  breakerOpensWithin,
  breakerRecoversWithin,
  memoryGrowthBelow,
  memorySlopeBelow,
  noConnectionLeak,
  noRestarts,
} from './criteria/resources.ts';
export { breakingPointAbove, driftBelow, recoversWithin } from './criteria/windows.ts';
