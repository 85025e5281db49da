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
 * Narrows a criterion on requests to one endpoint.
 * @param endpoint its name: `GET /orders/:id`
 * @throws RangeError where the criterion is not about requests, or is narrowed already
 */
export function forEndpoint<M extends NarrowedBy<'at'>>(
  endpoint: string,
  criterion: Criterion<M>,
): Criterion<M> {
  refuseToNarrow('at', criterion);
  return {
    ...criterion,
    id: `${criterion.id}[${endpoint}]`,
    title: `${criterion.title} of ${endpoint}`,
    endpoint,
  };
}

/**
 * Narrows a criterion on a flow to one of its steps.
 * @param step its name
 * @throws RangeError where the criterion is not about a flow, or is narrowed already
 */
export function forStep<M extends NarrowedBy<'ofStep'>>(step: string, criterion: Criterion<M>): Criterion<M> {
  refuseToNarrow('ofStep', criterion);
  return { ...criterion, id: `${criterion.id}[${step}]`, title: `${criterion.title} of step ${step}`, step };
}

/**
 * Narrows a criterion to some phases of the workload. The phases become part of its id, so that the same criterion
 * can stand for other phases too.
 * @param phases their names
 * @throws RangeError where results have no figures of that kind for phases, or the criterion is narrowed already.
 * Around `at` and `inEveryWindow`, `during` is the outer one.
 */
export function during<M extends NarrowedBy<'during'>>(
  phases: string[],
  criterion: Criterion<M>,
): Criterion<M> {
  refuseToNarrow('during', criterion);
  return {
    ...criterion,
    id: `${criterion.id}@${phases.join('+')}`,
    title: `${criterion.title} during ${phases.join(', ')}`,
    phases,
  };
}

/**
 * Judges a limit in each window of the run, and allows a share of the windows to break it. It needs so many
 * windows that a run in which all of them keep the limit passes.
 * @param share between 0 and 1: more windows than this keep the limit
 * @param minRequests a window with fewer requests (of a flow: iterations) does not count
 * @throws RangeError for a percentile other than p50, p95 and p99, or a share that is not between 0 and 1
 */
export function inEveryWindow(
  criterion: Criterion<NarrowedBy<'inEveryWindow'>>,
  { share, minRequests = criterion.minSamples }: { share: number; minRequests?: number },
): CriterionOf<'window-share'> {
  if (!(share > 0 && share < 1))
    throw new RangeError(`a share of windows is between 0 and 1, such as 0.95; it is ${share}`);
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

/** Makes a criterion minor: where it fails, the verdict is at worst CONDITIONAL GO. */
export function minor<M extends Measure>(criterion: Criterion<M>): Criterion<M> {
  return { ...criterion, severity: 'minor' };
}

/** @throws RangeError where the word does not narrow such a criterion, or another has narrowed it before */
function refuseToNarrow(word: Narrowing, { title, measure, endpoint, step, phases }: Criterion): void {
  const kinds: readonly MeasureKind[] = NARROWABLE_KINDS[word];
  if (!kinds.includes(measure.kind))
    throw new RangeError(`${word} cannot narrow "${title}": it takes ${kinds.join(', ')}`);
  // An endpoint during some phases is the one part of a part that a result has figures of.
  if (step ?? phases ?? (word === 'during' ? undefined : endpoint))
    throw new RangeError(
      `${word} cannot narrow "${title}" further: a result has no figures of such a part. Around at(…) and inEveryWindow(…), during(…) is the outer one.`,
    );
}

export function windowLimitOf(
  criterion: Criterion<NarrowedBy<'inEveryWindow'>>,
  minRequests: number,
): WindowLimit {
  refuseToNarrow('inEveryWindow', criterion);
  const { measure, comparison, limit, title } = criterion;
  if (measure.kind === 'request-percentile' && !(measure.q in WINDOW_PERCENTILES))
    throw new RangeError(`windows have no ${title}: they have p50, p95 and p99`);
  return { measure, comparison, limit, minRequests };
}

/** As told to a person: `p95 response time below 400 ms`. */
export function limitText({ title, comparison, limit, unit }: Criterion): string {
  return `${title} ${comparison.replace('-', ' ')} ${formatExactValue(limit, unit)}`;
}
