export * from './campaign.ts';
export * from './checklist.ts';
export { type Alarm, alarmsOf } from './history/alarms.ts';
export type { Change, FigureHistory, HistoryPoint } from './history/changes.ts';
export * from './history/flow-records.ts';
export { historiesOf, isMeasurement, type MissingRun, type TestHistory } from './history/history.ts';
export {
  type FlowRecord,
  type HistoryRecord,
  RECORD_VERSION,
  recordLine,
  recordOf,
  type StepRecord,
} from './history/record.ts';
export { flowSuccessFigure, type Reading, type TrackedFigure } from './history/tracked-figures.ts';
