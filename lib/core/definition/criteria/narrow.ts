import { formatExactValue, minTrials } from '../../numbers/index.ts';
import {
  type Criterion,
  type CriterionOf,
  type Measure,
  type MeasureKind,
  NARROWABLE_KINDS,
  type NarrowedBy,
  type Narrowing,
  WINDOW_PERCENTILES,
  type WindowLimit,
} from '../criterion.ts';

/**
 * Limits a criterion to one endpoint: `forEndpoint('GET /orders/:id', percentileBelow(0.95, '200ms'))`.
 * @param endpoint name of the endpoint
 * @param criterion a criterion on requests
 * @throws RangeError if the criterion is not about requests, or is already narrowed
 */
export function forEndpoint<M extends NarrowedBy<'forEndpoint'>>(
  endpoint: string,
  criterion: Criterion<M>,
): Criterion<M> {
  assertNarrowable('forEndpoint', criterion);
  return {
    ...criterion,
    id: `${criterion.id}[${endpoint}]`,
    title: `${criterion.title} of ${endpoint}`,
    endpoint,
  };
}

/**
 * Limits a criterion on a flow to one of its steps: `forStep('pay', flowMeanBelow('order', '1s'))`.
 * @param step name of the step
 * @param criterion a criterion on a flow
 * @throws RangeError if the criterion is not about a flow, or is already narrowed
 */
export function forStep<M extends NarrowedBy<'forStep'>>(step: string, criterion: Criterion<M>): Criterion<M> {
  assertNarrowable('forStep', criterion);
  return { ...criterion, id: `${criterion.id}[${step}]`, title: `${criterion.title} of step ${step}`, step };
}

/**
 * Limits a criterion to some phases of the workload: `during(['hold'], throughputAbove(200))`. Its id contains the
 * phases, so the same criterion can be repeated with another limit for other phases. Combined with `forEndpoint` or
 * `inEveryWindow`, `during` must be the outer call:
 * `during(['hold'], forEndpoint('GET /orders/:id', meanBelow('1s')))`.
 * @param phases names of the phases
 * @throws RangeError if results do not record this measure for each phase, or if the criterion is already narrowed
 */
export function during<M extends NarrowedBy<'during'>>(phases: string[], criterion: Criterion<M>): Criterion<M> {
  assertNarrowable('during', criterion);
  return {
    ...criterion,
    id: `${criterion.id}@${phases.join('+')}`,
    title: `${criterion.title} during ${phases.join(', ')}`,
    phases,
  };
}

/**
 * Judges a criterion in each window of the run, and requires a share of the windows to pass:
 * `inEveryWindow(percentileBelow(0.95, '400ms'), { share: 0.95 })` requires that the p95 is below 400 ms in more than
 * 95 % of the windows. A higher share requires more windows: 35 for 0.9, 73 for 0.95.
 * @param criterion a criterion on requests or on a flow. The only percentiles that windows have are p50, p95 and p99.
 * @param share share of the windows that must pass, between 0 and 1 (exclusive)
 * @param minRequests windows with fewer requests are ignored; for a flow, windows with fewer iterations. Default: the
 * minimum number of samples of the criterion
 * @throws RangeError if windows do not have the measure, or if the share is not between 0 and 1
 */
export function inEveryWindow(
  criterion: Criterion<NarrowedBy<'inEveryWindow'>>,
  { share, minRequests = criterion.minSamples }: { share: number; minRequests?: number },
): CriterionOf<'window-share'> {
  if (!(share > 0 && share < 1))
    throw new RangeError(`The share of windows is ${share}, but it must be between 0 and 1, such as 0.95.`);
  return {
    id: `${criterion.id}-in-windows`,
    title: `windows with ${limitText(criterion)}`,
    measure: { kind: 'window-share', promise: windowLimitOf(criterion, minRequests) },
    comparison: 'above',
    limit: share,
    unit: 'fraction',
    severity: criterion.severity,
    minSamples: minTrials(share),
  };
}

/**
 * Makes a criterion minor: `minor(meanBelow('200ms'))`. If only minor criteria fail, the verdict is CONDITIONAL GO
 * instead of NO-GO.
 */
export function minor<M extends Measure>(criterion: Criterion<M>): Criterion<M> {
  return { ...criterion, severity: 'minor' };
}

/** @throws RangeError if the function does not accept such a criterion, or if the criterion is already narrowed */
function assertNarrowable(narrowing: Narrowing, { title, measure, endpoint, step, phases }: Criterion): void {
  const kinds: readonly MeasureKind[] = NARROWABLE_KINDS[narrowing];
  if (!kinds.includes(measure.kind))
    throw new RangeError(`${narrowing} cannot narrow "${title}". It accepts only ${kinds.join(', ')}.`);
  // Results combine a phase only with an endpoint, not with other parts.
  if (step ?? phases ?? (narrowing === 'during' ? undefined : endpoint))
    throw new RangeError(
      `${narrowing} cannot narrow "${title}" further, because results do not record such a part. Call during(…) around forEndpoint(…) and inEveryWindow(…), not inside them.`,
    );
}

export function windowLimitOf(criterion: Criterion<NarrowedBy<'inEveryWindow'>>, minRequests: number): WindowLimit {
  assertNarrowable('inEveryWindow', criterion);
  const { measure, comparison, limit, title } = criterion;
  if (measure.kind === 'request-percentile' && !(measure.q in WINDOW_PERCENTILES))
    throw new RangeError(`Windows have no ${title}. Use p50, p95 or p99.`);
  return { measure, comparison, limit, minRequests };
}

/** A criterion as text: `p95 response time below 400 ms`. */
export function limitText({ title, comparison, limit, unit }: Criterion): string {
  return `${title} ${comparison.replace('-', ' ')} ${formatExactValue(limit, unit)}`;
}
