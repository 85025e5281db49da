import type { Evidence, Trend } from '../../evidence/index.ts';
import {
  type Measurement,
  meanOfSamples,
  meanOverWindows,
  noData,
  percentile,
  rate,
  type Take,
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

export const flowSuccessRate: Take<'flow-success-rate'> = (evidence, { flow }, { step }) =>
  of(evidence, flow, step, ({ succeeded, times }) => rate(succeeded, times));

export const flowMean: Take<'flow-mean'> = (evidence, { flow }, { step }) =>
  of(evidence, flow, step, ({ durationMs, times }) => {
    if (step !== undefined) return meanOfSamples([durationMs]);
    const { iterations = [], meanMs = [] } = evidence.windows.flows[flow] ?? {};
    return meanOverWindows(
      durationMs.mean,
      times,
      iterations.map((count, i) => ({ count, meanMs: meanMs[i] })),
    );
  });

export const flowPercentile: Take<'flow-percentile'> = (evidence, { flow, q }, { step }) =>
  of(evidence, flow, step, ({ durationMs }) => percentile(evidence, [durationMs], q));
