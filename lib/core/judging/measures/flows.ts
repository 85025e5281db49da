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

/** The iterations of a flow, or the attempts of one of its steps. */
interface Attempts {
  attempts: number;
  succeeded: number;
  durationMs: Trend;
}

/** Measures a flow or one of its steps; without any attempt there is no data. */
function measureFlow(
  { flows }: Evidence,
  flow: string,
  step: string | undefined,
  measureDurations: (attempts: Attempts) => Measurement,
): Measurement {
  const found = flows.find(({ name }) => name === flow);
  if (!found) return noData(`the test has no flow named ${flow}`);
  if (step === undefined)
    return found.iterations === 0
      ? noData(`no iteration of the flow ${flow} completed`)
      : measureDurations({ ...found, attempts: found.iterations });
  const foundStep = found.steps.find(({ name }) => name === step);
  if (!foundStep) return noData(`the flow ${flow} has no step named ${step}`);
  return foundStep.observable
    ? measureDurations(foundStep)
    : noData(
        `the step ${step} was never observed: the target does not make it observable, or no iteration reached the step`,
      );
}

export const flowSuccessRate: MeasureFunction<'flow-success-rate'> = (evidence, { flow }, { step }) =>
  measureFlow(evidence, flow, step, ({ succeeded, attempts }) => rateMeasurement(succeeded, attempts));

export const flowMean: MeasureFunction<'flow-mean'> = (evidence, { flow }, { step }) =>
  measureFlow(evidence, flow, step, ({ durationMs, attempts }) => {
    if (step !== undefined) return meanFromHistograms([durationMs]);
    const { iterations = [], meanMs = [] } = evidence.windows.flows[flow] ?? {};
    return meanFromWindows(
      durationMs.mean,
      attempts,
      iterations.map((count, i) => ({ count, meanMs: meanMs[i] })),
    );
  });

export const flowPercentile: MeasureFunction<'flow-percentile'> = (evidence, { flow, q }, { step }) =>
  measureFlow(evidence, flow, step, ({ durationMs }) => percentileMeasurement(evidence, [durationMs], q));
