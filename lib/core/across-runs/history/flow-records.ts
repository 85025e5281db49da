import { sum } from '../../numbers/index.ts';
import type { FlowRecord, HistoryRecord } from './record.ts';

export const findFlow = ({ flows }: HistoryRecord, name: string): FlowRecord | undefined =>
  flows.find((flow) => flow.name === name);

export const flowsNamed = (records: readonly HistoryRecord[], name: string): FlowRecord[] =>
  records.flatMap((record) => findFlow(record, name) ?? []);

/** The same record with another target for each of its flows. */
export const withFlowTarget = (record: HistoryRecord, target: number): HistoryRecord => ({
  ...record,
  flows: record.flows.map((flow) => ({ ...flow, target })),
});

const stepIn = ({ steps }: FlowRecord, name: string) => steps.find((step) => step.name === name);

/** How many of those who began ended at this step. */
export function failuresAtStep(flow: FlowRecord, step: string): number {
  const { attempts = 0, succeeded = 0 } = stepIn(flow, step) ?? {};
  return attempts - succeeded;
}

/** How many of those who began ended for this reason. */
export const failuresWithReason = ({ failures }: FlowRecord, reason: string): number =>
  failures.find((failure) => failure.reason === reason)?.count ?? 0;

const sumOf = (flows: readonly FlowRecord[], count: (flow: FlowRecord) => number) => sum(flows.map(count));

/** A count over all of these as a share of all who began; NaN where nobody did. */
export const shareOfIterations = (
  flows: readonly FlowRecord[],
  count: (flow: FlowRecord) => number,
): number => sumOf(flows, count) / sumOf(flows, ({ iterations }) => iterations);

/** Over all of these, of those who came to a step; NaN where nobody did. */
export const stepSuccessRate = (flows: readonly FlowRecord[], step: string): number =>
  sumOf(flows, (flow) => stepIn(flow, step)?.succeeded ?? 0) /
  sumOf(flows, (flow) => stepIn(flow, step)?.attempts ?? 0);

/** Steps of any of these, in their order. */
export const stepNames = (flows: readonly FlowRecord[]): string[] => [
  ...new Set(flows.flatMap(({ steps }) => steps.map(({ name }) => name))),
];

/** Reasons of failures in any of these, the most frequent first. */
export function failureReasons(flows: readonly FlowRecord[]): string[] {
  const reasons = new Set(flows.flatMap(({ failures }) => failures.map(({ reason }) => reason)));
  const counted = [...reasons].map((reason) => ({
    reason,
    count: sumOf(flows, (flow) => failuresWithReason(flow, reason)),
  }));
  return counted.sort((a, b) => b.count - a.count).map(({ reason }) => reason);
}
