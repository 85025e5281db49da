export * from './campaign.ts';
export * from './checklist.ts';
export { type Alarm, alarmsOf } from './history/alarms.ts';
export type { Change, FigureHistory, Point } from './history/changes.ts';
export * from './history/flows.ts';
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
