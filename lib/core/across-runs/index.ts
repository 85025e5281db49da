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
export { type Alarm, alarmsOf } from './history/alarms.ts';
export type { Change, FigureHistory, Point } from './history/changes.ts';
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
export { type Figure, type Reading, successOf } from './history/recorded-figures.ts';
