import type { Evidence, Trend } from '../../evidence/index.ts';
import {
  type MeasureFunction,
  type Measurement,
  meanFromHistograms,
  meanFromWindows,
  noData,
  percentileMeasurement,
  rateMeasurement,
} from './measurement.ts';

interface Journey {
  times: number;
  succeeded: number;
  durationMs: Trend;
}

/** Measures a flow or one of its steps; what did not happen has no data. */
function of(
  { flows }: Evidence,
  flow: string,
  step: string | undefined,
  take: (journey: Journey) => Measurement,
): Measurement {
  const found = flows.find(({ name }) => name === flow);
  if (!found) return noData(`no flow named ${flow}`);
  if (step === undefined)
    return found.iterations === 0
      ? noData(`no ${flow} flow has ended`)
      : take({ ...found, times: found.iterations });
  const part = found.steps.find(({ name }) => name === step);
  if (!part) return noData(`no step of ${flow} named ${step}`);
  return part.observable
    ? take({ ...part, times: part.attempts })
    : noData(`the step ${step} was never seen: the target offers no way to, or no flow came so far`);
}

export const flowSuccessRate: MeasureFunction<'flow-success-rate'> = (evidence, { flow }, { step }) =>
  of(evidence, flow, step, ({ succeeded, times }) => rateMeasurement(succeeded, times));

export const flowMean: MeasureFunction<'flow-mean'> = (evidence, { flow }, { step }) =>
  of(evidence, flow, step, ({ durationMs, times }) => {
    if (step !== undefined) return meanFromHistograms([durationMs]);
    const { iterations = [], meanMs = [] } = evidence.windows.flows[flow] ?? {};
    return meanFromWindows(
      durationMs.mean,
      times,
      iterations.map((count, i) => ({ count, meanMs: meanMs[i] })),
    );
  });

export const flowPercentile: MeasureFunction<'flow-percentile'> = (evidence, { flow, q }, { step }) =>
  of(evidence, flow, step, ({ durationMs }) => percentileMeasurement(evidence, [durationMs], q));
