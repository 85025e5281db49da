import { type Criterion, meetsLimit } from '../definition/index.ts';
import type { CriterionStatus, Diagnosis, Evidence, JudgedCriterion, Verdict } from '../evidence/index.ts';
import { pluralize } from '../numbers/index.ts';
import { type Measurement, measureCriterion } from './measures.ts';
import { reasonsInvalid } from './validity.ts';

/** Measures a criterion and compares the value with its limit. */
export function judgeCriterion(evidence: Evidence, criterion: Criterion): JudgedCriterion {
  const measurement = measureCriterion(evidence, criterion);
  const { value, interval, samples, note } = measurement;
  const status = statusOf(criterion, measurement);
  return {
    ...criterionFieldsOf(criterion),
    status,
    value,
    interval: interval && { low: finite(interval.low), high: finite(interval.high) },
    samples,
    note: status === 'no data' && value !== null ? tooFewSamples(criterion, measurement) : (note ?? null),
  };
}

/** Returns the fields that a criterion and the judged criterion in the result have in common. */
export function criterionFieldsOf({
  measure,
  ...fields
}: Criterion): Omit<JudgedCriterion, 'status' | 'value' | 'interval' | 'samples' | 'note'> {
  return { ...fields, kind: measure.kind, ...('flow' in measure && { flow: measure.flow }) };
}

const finite = (bound: number) => (Number.isFinite(bound) ? bound : null);

const tooFewSamples = ({ minSamples }: Criterion, { samples, note }: Measurement) =>
  `only ${pluralize(samples, 'sample')}, but at least ${minSamples} are required${note ? `; ${note}` : ''}`;

/**
 * A criterion passes or fails if the whole interval is on that side of the limit. An interval that contains the limit is
 * inconclusive, and too few samples are "no data". Without an interval, the value itself decides. A count that can only
 * grow fails as soon as it exceeds its limit, even with too few samples.
 */
export function statusOf(criterion: Criterion, measurement: Measurement): CriterionStatus {
  const { value, interval, samples, onlyGrows } = measurement;
  if (value === null) return 'no data';
  const surelyExceeded = onlyGrows && criterion.comparison === 'at-most' && value > criterion.limit;
  if (samples < criterion.minSamples && !surelyExceeded) return 'no data';
  const { low, high } = interval ?? { low: value, high: value };
  const met = [low, high].map((bound) => meetsLimit(criterion, bound));
  if (met.every(Boolean)) return 'pass';
  return met.some(Boolean) ? 'inconclusive' : 'fail';
}

/**
 * Decides the verdict on a run: INVALID if the data cannot be trusted. Otherwise, the criteria decide.
 * @param diagnosis if one cause explains every failed critical criterion and a configuration change fixes it, the verdict
 * is CONDITIONAL_GO instead of NO_GO
 */
export function judge(
  evidence: Evidence,
  criteria: readonly JudgedCriterion[],
  diagnosis: readonly Diagnosis[],
): Verdict {
  const invalid = reasonsInvalid(evidence);
  if (invalid.length > 0) return { decision: 'INVALID', reasons: invalid };
  if (criteria.length === 0) return { decision: 'INCONCLUSIVE', reasons: ['the test has no criteria'] };
  const critical = criteria.filter(isCritical);
  const failed = critical.filter(fails);
  const undecided = critical.filter((criterion) => !passes(criterion) && !fails(criterion));
  const minor = criteria.filter((criterion) => !isCritical(criterion) && !passes(criterion));

  // A failed critical criterion outweighs an undecided one, which in turn outweighs a failed minor criterion.
  if (failed.length > 0) {
    const condition = conditionOf(critical, diagnosis);
    return condition === null
      ? { decision: 'NO_GO', reasons: failed.map(reasonOf) }
      : {
          decision: 'CONDITIONAL_GO',
          reasons: [condition, ...[...failed, ...undecided, ...minor].map(reasonOf)],
        };
  }
  if (undecided.length > 0) return { decision: 'INCONCLUSIVE', reasons: undecided.map(reasonOf) };
  if (minor.some(fails)) return { decision: 'CONDITIONAL_GO', reasons: minor.map(reasonOf) };
  if (!criteria.some(passes)) return { decision: 'INCONCLUSIVE', reasons: minor.map(reasonOf) };
  return { decision: 'GO', reasons: [allPass(criteria, minor), ...minor.map(reasonOf)] };
}

function allPass(criteria: readonly JudgedCriterion[], minor: readonly JudgedCriterion[]): string {
  if (minor.length > 0) return 'all critical criteria pass';
  return criteria.length === 1 ? 'the only criterion passes' : `all ${criteria.length} criteria pass`;
}

const isCritical = ({ severity }: JudgedCriterion) => severity === 'critical';
const passes = ({ status }: JudgedCriterion) => status === 'pass';
const fails = ({ status }: JudgedCriterion) => status === 'fail';

/** Minimum confidence in a cause for a CONDITIONAL_GO. */
const MIN_CONFIDENCE = 0.8;

/** Fixable causes that each explain every failed critical criterion; none if a critical criterion has no data. */
export function fixableCauses(criteria: readonly JudgedCriterion[], diagnosis: readonly Diagnosis[]): Diagnosis[] {
  const critical = criteria.filter(isCritical);
  if (critical.some(({ status }) => status === 'no data')) return [];
  const failed = critical.filter(fails);
  return diagnosis.filter(
    ({ fixable, confidence, explains }) =>
      fixable && confidence >= MIN_CONFIDENCE && failed.every(({ id }) => explains.includes(id)),
  );
}

/** The condition of a CONDITIONAL_GO; null if no fixable cause explains every failed critical criterion. */
function conditionOf(critical: readonly JudgedCriterion[], diagnosis: readonly Diagnosis[]): string | null {
  const [cause] = fixableCauses(critical, diagnosis);
  if (!cause) return null;
  const [action = ''] = cause.recommendation.split(/\.(?: |$)/);
  return `${action}, then rerun this test: "${cause.title}" alone explains every failed critical criterion`;
}

const STATUS_VERBS: Record<CriterionStatus, [singular: string, plural: string]> = {
  pass: ['passes', 'pass'],
  fail: ['fails', 'fail'],
  inconclusive: ['is inconclusive', 'are inconclusive'],
  'no data': ['has no data', 'have no data'],
};

/** Titles of counts and of window shares are plural, such as "timeouts". */
const isPlural = ({ unit, kind }: JudgedCriterion) => unit === 'count' || kind === 'window-share';

function reasonOf(criterion: JudgedCriterion): string {
  const { title, status, severity } = criterion;
  const [singular, plural] = STATUS_VERBS[status];
  return `${title} ${isPlural(criterion) ? plural : singular}${severity === 'minor' ? ' (minor)' : ''}`;
}
