import { sum } from '../../numbers/index.ts';
import type { FlowRecord, HistoryRecord } from './record.ts';

export const findFlow = ({ flows }: HistoryRecord, name: string): FlowRecord | undefined =>
  flows.find((flow) => flow.name === name);

export const flowsNamed = (records: readonly HistoryRecord[], name: string): FlowRecord[] =>
  records.flatMap((record) => findFlow(record, name) ?? []);

/** Returns a copy of the record in which every flow has the given target. */
export const withFlowTarget = (record: HistoryRecord, target: number): HistoryRecord => ({
  ...record,
  flows: record.flows.map((flow) => ({ ...flow, target })),
});

const stepIn = ({ steps }: FlowRecord, name: string) => steps.find((step) => step.name === name);

/** Returns the number of iterations of the flow that failed at the given step. */
export function failuresAtStep(flow: FlowRecord, step: string): number {
  const { attempts = 0, succeeded = 0 } = stepIn(flow, step) ?? {};
  return attempts - succeeded;
}

/** Returns the number of iterations of the flow that failed for the given reason. */
export const failuresWithReason = ({ failures }: FlowRecord, reason: string): number =>
  failures.find((failure) => failure.reason === reason)?.count ?? 0;

const sumOf = (flows: readonly FlowRecord[], count: (flow: FlowRecord) => number) => sum(flows.map(count));

/** Sums a count over all flows and divides the sum by the number of all iterations. Returns NaN without iterations. */
export const shareOfIterations = (flows: readonly FlowRecord[], count: (flow: FlowRecord) => number): number =>
  sumOf(flows, count) / sumOf(flows, ({ iterations }) => iterations);

/** Returns the success rate of a step over all flows, as a fraction of its attempts. Returns NaN without attempts. */
export const stepSuccessRate = (flows: readonly FlowRecord[], step: string): number =>
  sumOf(flows, (flow) => stepIn(flow, step)?.succeeded ?? 0) /
  sumOf(flows, (flow) => stepIn(flow, step)?.attempts ?? 0);

/** Returns the names of all steps of the flows, in the order of first occurrence. */
export const stepNames = (flows: readonly FlowRecord[]): string[] => [
  ...new Set(flows.flatMap(({ steps }) => steps.map(({ name }) => name))),
];

/** Returns all failure reasons of the flows, the most frequent first. */
export function failureReasons(flows: readonly FlowRecord[]): string[] {
  const reasons = new Set(flows.flatMap(({ failures }) => failures.map(({ reason }) => reason)));
  const counted = [...reasons].map((reason) => ({
    reason,
    count: sumOf(flows, (flow) => failuresWithReason(flow, reason)),
  }));
  return counted.sort((a, b) => b.count - a.count).map(({ reason }) => reason);
}
