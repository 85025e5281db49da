import type { CriterionScope } from '../../definition/index.ts';
import type { Evidence, RefusedAndDegraded, Trend } from '../../evidence/index.ts';
import { countInterval, sum } from '../../numbers/index.ts';
import {
  exactMeasurement,
  growingCount,
  type MeasureFunction,
  meanFromHistograms,
  meanFromWindows,
  noData,
  percentileMeasurement,
  rateMeasurement,
  ratioFromWindows,
  sumOfField,
} from './measurement.ts';
import { windowRowsDuring } from './windows.ts';

interface RequestFigures extends RefusedAndDegraded {
  requests: number;
  errors: number;
  responseTimeMs: Trend;
}

/**
 * Returns the figures in the scope of a criterion: of the whole run or of some phases, and of all requests or of one
 * endpoint.
 */
function figuresInScope(
  { totals, endpoints, phases }: Evidence,
  scope: Pick<CriterionScope, 'endpoint' | 'phases'>,
): RequestFigures[] {
  const chosen = scope.phases && phases.filter(({ name }) => scope.phases?.includes(name));
  if (scope.endpoint === undefined) return chosen ?? [totals];
  const parts = chosen?.flatMap((phase) => phase.endpoints) ?? endpoints;
  return parts.filter(({ name }) => name === scope.endpoint);
}

export const requestPercentile: MeasureFunction<'request-percentile'> = (evidence, { q }, scope) =>
  percentileMeasurement(
    evidence,
    figuresInScope(evidence, scope).map(({ responseTimeMs }) => responseTimeMs),
    q,
  );

export const requestMean: MeasureFunction<'request-mean'> = (evidence, _, scope) => {
  const parts = figuresInScope(evidence, scope);
  const requests = sumOfField(parts, 'requests');
  if (requests === 0) return noData('no samples');
  if (scope.endpoint !== undefined) return meanFromHistograms(parts.map(({ responseTimeMs }) => responseTimeMs));
  const total = sum(parts.map((part) => part.requests * part.responseTimeMs.mean));
  return meanFromWindows(
    total / requests,
    requests,
    windowRowsDuring(evidence, scope.phases).map(({ requests: count, meanMs }) => ({ count, meanMs })),
  );
};

export const errorRate: MeasureFunction<'error-rate'> = (evidence, _, scope) => {
  const parts = figuresInScope(evidence, scope);
  return rateMeasurement(sumOfField(parts, 'errors'), sumOfField(parts, 'requests'));
};

export const requestCount: MeasureFunction<'request-count'> = (evidence, _, scope) => {
  const requests = sumOfField(figuresInScope(evidence, scope), 'requests');
  return exactMeasurement(requests, requests);
};

export const throughput: MeasureFunction<'throughput'> = (evidence, _, scope) => {
  const { run, phases } = evidence;
  const requests = sumOfField(figuresInScope(evidence, scope), 'requests');
  const lengthMs = scope.phases
    ? sum(phases.map(({ name, startMs, endMs }) => (scope.phases?.includes(name) ? endMs - startMs : 0)))
    : run.durationMs;
  if (requests === 0 || lengthMs === 0) return noData('no samples');
  const seconds = lengthMs / 1000;
  if (scope.endpoint !== undefined) {
    const { low, high } = countInterval(requests);
    return {
      value: requests / seconds,
      interval: { low: low / seconds, high: high / seconds },
      samples: requests,
    };
  }
  return ratioFromWindows(
    requests / seconds,
    requests,
    windowRowsDuring(evidence, scope.phases).map(({ requests: amount, seconds: per }) => ({ amount, per })),
  );
};

export const errorCount: MeasureFunction<'error-count'> = (evidence, { errorKind }, scope) =>
  growingCount(
    sumOfField(
      evidence.errors.filter(({ kind, endpoint }) => kind === errorKind && endpoint === (scope.endpoint ?? endpoint)),
      'count',
    ),
    sumOfField(figuresInScope(evidence, scope), 'requests'),
  );

export const refusalShare: MeasureFunction<'refusal-share'> = (evidence, { status }, scope) => {
  const parts = figuresInScope(evidence, scope);
  return rateMeasurement(sum(parts.map(({ refusals }) => refusals[status] ?? 0)), sumOfField(parts, 'requests'));
};

export const degradedShare: MeasureFunction<'degraded-share'> = (evidence, _, scope) => {
  const parts = figuresInScope(evidence, scope);
  return rateMeasurement(sumOfField(parts, 'degraded'), sumOfField(parts, 'requests'));
};

/** Returns the spread of the burst whose VUs started farthest apart. */
export const startSpread: MeasureFunction<'start-spread'> = ({ bursts }, _, { phases }) => {
  const chosen = bursts.filter(({ phase }) => phases?.includes(phase) ?? true);
  const spreads = chosen.flatMap(({ spreadMs }) => spreadMs ?? []);
  return spreads.length === 0
    ? noData('no burst started')
    : exactMeasurement(Math.max(...spreads), sumOfField(chosen, 'began'));
};

export const failedChecks: MeasureFunction<'failed-checks'> = (evidence, _, scope) => {
  const parts = figuresInScope(evidence, scope);
  return growingCount(sumOfField(parts, 'errors'), sumOfField(parts, 'requests'));
};

export const contractViolations: MeasureFunction<'contract-violations'> = ({ contracts }) =>
  growingCount(contracts.broken, contracts.checked);
