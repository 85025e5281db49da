import { type Interval, mean, studentT } from '../statistics.ts';
import { flowIn } from './figures.ts';
import type { FlowRecord, HistoryRecord } from './record.ts';

/** What a change of a flow's success comes from. */
export interface Explanation {
  /** Steps whose own success changed with it, the one with the largest part in it first. */
  steps: StepChange[];
  /** Reasons of failures that became more or fewer with it, in the same order. */
  reasons: ReasonChange[];
}

/** Rates are of those who came to the step. */
export interface StepChange extends Part {
  step: string;
}

/** Rates are of all who began the flow. */
export interface ReasonChange extends Part {
  reason: string;
}

interface Part {
  from: number;
  to: number;
  /** Of the change of the flow's success. */
  share: number;
}

/** What has a smaller part in a change does not explain it. */
const LEAST_SHARE = 0.2;

/**
 * A flow ends at the first step that fails, so what all steps lose adds up to what the flow loses, and the same for
 * reasons: each has a share in a change. A step is named only where its own success changed for sure, with the run as
 * the unit: by Welch's interval of the difference between the runs before and after.
 */
export function explain(
  flow: string,
  before: readonly HistoryRecord[],
  after: readonly HistoryRecord[],
): Explanation {
  const [old, now] = [flowsIn(before, flow), flowsIn(after, flow)];
  const lost = (flows: readonly FlowRecord[]) => shareOf(flows, (one) => one.iterations - one.succeeded);
  const change = lost(now) - lost(old);
  const namesOf = <Key extends 'steps' | 'failures'>(
    key: Key,
    name: (entry: FlowRecord[Key][number]) => string,
  ) => [...new Set([...old, ...now].flatMap((one) => one[key].map(name)))];
  const steps = namesOf('steps', ({ name }) => name).flatMap((step): StepChange[] => {
    const [rates, ratesNow] = [old, now].map((flows) => ratesOf(flows, step)) as [number[], number[]];
    if (!differ(rates, ratesNow)) return [];
    const failedAt = (one: FlowRecord) => failuresAt(one, step);
    return [
      {
        step,
        from: pooledRate(old, step),
        to: pooledRate(now, step),
        share: (shareOf(now, failedAt) - shareOf(old, failedAt)) / change,
      },
    ];
  });
  const reasons = namesOf('failures', ({ reason }) => reason).map((reason): ReasonChange => {
    const counted = (one: FlowRecord) =>
      one.failures.find((failure) => failure.reason === reason)?.count ?? 0;
    const [from, to] = [shareOf(old, counted), shareOf(now, counted)];
    return { reason, from, to, share: (to - from) / change };
  });
  return { steps: largest(steps), reasons: largest(reasons) };
}

const flowsIn = (records: readonly HistoryRecord[], name: string): FlowRecord[] =>
  records.flatMap((record) => flowIn(record, name) ?? []);

const largest = <T extends Part>(parts: readonly T[]): T[] =>
  parts.filter(({ share }) => share >= LEAST_SHARE).sort((a, b) => b.share - a.share);

const sumOf = (flows: readonly FlowRecord[], count: (flow: FlowRecord) => number) =>
  flows.reduce((sum, flow) => sum + count(flow), 0);

/** A count as a share of all who began a flow. */
export const shareOf = (flows: readonly FlowRecord[], count: (flow: FlowRecord) => number) =>
  sumOf(flows, count) / sumOf(flows, ({ iterations }) => iterations);

const stepIn = ({ steps }: FlowRecord, name: string) => steps.find((step) => step.name === name);

/** How many ended at this step. */
export function failuresAt(flow: FlowRecord, name: string): number {
  const step = stepIn(flow, name);
  return step ? step.attempts - step.succeeded : 0;
}

function ratesOf(flows: readonly FlowRecord[], name: string): number[] {
  return flows.flatMap((flow) => {
    const { attempts = 0, succeeded = 0 } = stepIn(flow, name) ?? {};
    return attempts === 0 ? [] : [succeeded / attempts];
  });
}

/** Of those who came to a step, over all of these. */
export const pooledRate = (flows: readonly FlowRecord[], name: string): number =>
  sumOf(flows, (flow) => stepIn(flow, name)?.succeeded ?? 0) /
  sumOf(flows, (flow) => stepIn(flow, name)?.attempts ?? 0);

function differ(before: readonly number[], after: readonly number[]): boolean {
  const interval = differenceInterval(before, after);
  return interval !== null && (interval.low > 0 || interval.high < 0);
}

/**
 * Interval at 95 % of the difference of two means: B. L. Welch, "The generalization of Student's problem when several
 * different population variances are involved", Biometrika 1947. Null of a side with fewer than two values.
 */
function differenceInterval(before: readonly number[], after: readonly number[]): Interval | null {
  if (before.length < 2 || after.length < 2) return null;
  const errors = [before, after].map((values) => {
    const centre = mean(values);
    const variance = values.reduce((sum, one) => sum + (one - centre) ** 2, 0) / (values.length - 1);
    return { square: variance / values.length, freedom: values.length - 1 };
  });
  const square = errors.reduce((sum, error) => sum + error.square, 0);
  const freedom = square ** 2 / errors.reduce((sum, error) => sum + error.square ** 2 / error.freedom, 0);
  const half = square === 0 ? 0 : studentT(freedom) * Math.sqrt(square);
  const difference = mean(after) - mean(before);
  return { low: difference - half, high: difference + half };
}
