import type { Scope } from '../../definition/index.ts';
import type { Evidence, Lesser, Trend } from '../../evidence/index.ts';
import { countInterval, sum } from '../../numbers/index.ts';
import {
  exact,
  happened,
  meanOfSamples,
  meanOverWindows,
  noData,
  percentile,
  rate,
  ratioOverWindows,
  sumOf,
  type Take,
} from './measurement.ts';
import { rowsDuring } from './windows.ts';

interface Part extends Lesser {
  requests: number;
  errors: number;
  durationMs: Trend;
}

/** The figures that a criterion is about: of the run or some phases, or of one endpoint in it or in them. */
function partsOf({ totals, endpoints, phases }: Evidence, scope: Pick<Scope, 'endpoint' | 'phases'>): Part[] {
  const chosen = scope.phases && phases.filter(({ name }) => scope.phases?.includes(name));
  if (scope.endpoint === undefined) return chosen ?? [totals];
  const parts = chosen?.flatMap((phase) => phase.endpoints) ?? endpoints;
  return parts.filter(({ name }) => name === scope.endpoint);
}

export const requestPercentile: Take<'request-percentile'> = (evidence, { q }, scope) =>
  percentile(
    evidence,
    partsOf(evidence, scope).map(({ durationMs }) => durationMs),
    q,
  );

export const requestMean: Take<'request-mean'> = (evidence, _, scope) => {
  const parts = partsOf(evidence, scope);
  const requests = sumOf(parts, 'requests');
  if (requests === 0) return noData('no samples');
  if (scope.endpoint !== undefined) return meanOfSamples(parts.map(({ durationMs }) => durationMs));
  const total = sum(parts.map((part) => part.requests * part.durationMs.mean));
  return meanOverWindows(
    total / requests,
    requests,
    rowsDuring(evidence, scope.phases).map(({ requests: count, meanMs }) => ({ count, meanMs })),
  );
};

export const errorRate: Take<'error-rate'> = (evidence, _, scope) => {
  const parts = partsOf(evidence, scope);
  return rate(sumOf(parts, 'errors'), sumOf(parts, 'requests'));
};

export const requestCount: Take<'request-count'> = (evidence, _, scope) => {
  const requests = sumOf(partsOf(evidence, scope), 'requests');
  return exact(requests, requests);
};

export const throughput: Take<'throughput'> = (evidence, _, scope) => {
  const { run, phases } = evidence;
  const requests = sumOf(partsOf(evidence, scope), 'requests');
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
  return ratioOverWindows(
    requests / seconds,
    requests,
    rowsDuring(evidence, scope.phases).map(({ requests: amount, seconds: per }) => ({ amount, per })),
  );
};

export const errorCount: Take<'error-count'> = (evidence, { errorKind }, scope) =>
  happened(
    sumOf(
      evidence.errors.filter(
        ({ kind, endpoint }) => kind === errorKind && endpoint === (scope.endpoint ?? endpoint),
      ),
      'count',
    ),
    sumOf(partsOf(evidence, scope), 'requests'),
  );

export const refusalShare: Take<'refusal-share'> = (evidence, { status }, scope) => {
  const parts = partsOf(evidence, scope);
  return rate(sum(parts.map(({ refusals }) => refusals[status] ?? 0)), sumOf(parts, 'requests'));
};

export const degradedShare: Take<'degraded-share'> = (evidence, _, scope) => {
  const parts = partsOf(evidence, scope);
  return rate(sumOf(parts, 'degraded'), sumOf(parts, 'requests'));
};

/** The widest: that another burst was closer together makes up for nothing. */
export const startSpread: Take<'start-spread'> = ({ bursts }, _, { phases }) => {
  const chosen = bursts.filter(({ phase }) => phases?.includes(phase) ?? true);
  const spreads = chosen.flatMap(({ spreadMs }) => spreadMs ?? []);
  return spreads.length === 0
    ? noData('no burst began')
    : exact(Math.max(...spreads), sumOf(chosen, 'began'));
};

export const failedChecks: Take<'failed-checks'> = (evidence, _, scope) => {
  const parts = partsOf(evidence, scope);
  return happened(sumOf(parts, 'errors'), sumOf(parts, 'requests'));
};

export const contractViolations: Take<'contract-violations'> = ({ contracts }) =>
  happened(contracts.broken, contracts.checked);
