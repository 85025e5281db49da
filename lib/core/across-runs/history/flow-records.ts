import { sum } from '../../numbers/index.ts';
import type { FlowRecord, HistoryRecord } from './record.ts';

export const findFlow = ({ flows }: HistoryRecord, name: string): FlowRecord | undefined =>
  flows.find((flow) => flow.name === name);

export const flowsNamed = (records: readonly HistoryRecord[], name: string): FlowRecord[] =>
  records.flatMap((record) => findFlow(record, name) ?? []);

/** Returns a copy of the record with this target for every flow. */
export const withFlowTarget = (record: HistoryRecord, target: number): HistoryRecord => ({
  ...record,
  flows: record.flows.map((flow) => ({ ...flow, target })),
});

const stepIn = ({ steps }: FlowRecord, name: string) => steps.find((step) => step.name === name);

/** Iterations of the flow that failed at this step. */
export function failuresAtStep(flow: FlowRecord, step: string): number {
  const { attempts = 0, succeeded = 0 } = stepIn(flow, step) ?? {};
  return attempts - succeeded;
}

/** Iterations of the flow that failed for this reason. */
export const failuresWithReason = ({ failures }: FlowRecord, reason: string): number =>
  failures.find((failure) => failure.reason === reason)?.count ?? 0;

const sumOf = (flows: readonly FlowRecord[], count: (flow: FlowRecord) => number) => sum(flows.map(count));

/** A count summed over all flows, as a fraction of their iterations; NaN without iterations. */
export const shareOfIterations = (flows: readonly FlowRecord[], count: (flow: FlowRecord) => number): number =>
  sumOf(flows, count) / sumOf(flows, ({ iterations }) => iterations);

/** Success rate of a step over all flows, as a fraction of its attempts; NaN without attempts. */
export const stepSuccessRate = (flows: readonly FlowRecord[], step: string): number =>
  sumOf(flows, (flow) => stepIn(flow, step)?.succeeded ?? 0) /
  sumOf(flows, (flow) => stepIn(flow, step)?.attempts ?? 0);

/** Names of all steps, in order of first occurrence. */
export const stepNames = (flows: readonly FlowRecord[]): string[] => [
  ...new Set(flows.flatMap(({ steps }) => steps.map(({ name }) => name))),
];

/** All failure reasons, the most frequent first. */
export function failureReasons(flows: readonly FlowRecord[]): string[] {
  const reasons = new Set(flows.flatMap(({ failures }) => failures.map(({ reason }) => reason)));
  const counted = [...reasons].map((reason) => ({
    reason,
    count: sumOf(flows, (flow) => failuresWithReason(flow, reason)),
  }));
  return counted.sort((a, b) => b.count - a.count).map(({ reason }) => reason);
}
