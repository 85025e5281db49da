export {
  CAMPAIGN_VERSION,
  type Campaign,
  type CampaignRun,
  type CampaignSettings,
  type CampaignTest,
  type CampaignVerdict,
  differences,
  failedCritically,
  GATE,
  inCampaignOrder,
  isJudged,
  judgeCampaign,
  type Tested,
} from './campaign.ts';
export { type Checked, checked } from './checklist.ts';
export { type Comparison, compare } from './comparison/comparison.ts';
export { METHODS } from './comparison/difference.ts';
export {
  type Excerpt,
  type ExcerptWindows,
  excerptOf,
  type Part,
  RESOURCES,
  type ResourceName,
} from './comparison/excerpt.ts';
export { FIGURES, FLOORS, type Floors } from './comparison/figures.ts';
export type { Finding, LadderComparison, RungPair } from './comparison/ladders.ts';
export { obstacles } from './comparison/obstacles.ts';
export {
  MOST_BYTES,
  REFERENCE_VERSION,
  type Reference,
  referenceOf,
  textOf,
} from './comparison/reference.ts';
export { OUTCOMES, type Outcome, type Row } from './comparison/row.ts';
export { type Alarm, alarmsOf } from './history/alarms.ts';
export type { Change, FigureHistory, Point } from './history/changes.ts';
export { type Figure, type Reading, successOf } from './history/figures.ts';
export {
  flowIn,
  flowsIn,
  lostAt,
  lostBy,
  reasonsIn,
  shareOf,
  stepSuccess,
  stepsIn,
  withTarget,
} from './history/flows.ts';
export { historiesOf, isMeasurement, type Missing, type TestHistory } from './history/history.ts';
export {
  type FlowRecord,
  type HistoryRecord,
  lineOf,
  RECORD_VERSION,
  recordOf,
  type StepRecord,
} from './history/record.ts';
