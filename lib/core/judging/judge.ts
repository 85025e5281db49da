import { type Criterion, meetsLimit } from '../definition/index.ts';
import type { CriterionStatus, Diagnosis, Evidence, JudgedCriterion, Verdict } from '../evidence/index.ts';
import { type Measurement, measureCriterion } from './measures.ts';
import { reasonsInvalid } from './validity.ts';

/** Holds a criterion against what was measured. */
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
    note: status === 'no data' && value !== null ? tooFew(criterion, note) : (note ?? null),
  };
}

/** What was promised, as a result tells it. */
export function criterionFieldsOf({
  measure,
  ...promise
}: Criterion): Omit<JudgedCriterion, 'status' | 'value' | 'interval' | 'samples' | 'note'> {
  return { ...promise, kind: measure.kind, ...('flow' in measure && { flow: measure.flow }) };
}

const finite = (bound: number) => (Number.isFinite(bound) ? bound : null);

const tooFew = ({ minSamples }: Criterion, note?: string) =>
  `fewer than the ${minSamples} samples that it takes${note ? `; ${note}` : ''}`;

/**
 * Pass and fail both need the whole interval on their side of the limit; an interval that straddles it is
 * inconclusive, and too few samples are no data. A value without an interval stands for itself. A count that can
 * only grow needs no further samples once it is beyond its limit.
 */
export function statusOf(criterion: Criterion, measurement: Measurement): CriterionStatus {
  const { value, interval, samples, onlyGrows } = measurement;
  if (value === null) return 'no data';
  const beyond = onlyGrows && criterion.comparison === 'at-most' && value > criterion.limit;
  if (samples < criterion.minSamples && !beyond) return 'no data';
  const { low, high } = interval ?? { low: value, high: value };
  const kept = [low, high].map((bound) => meetsLimit(criterion, bound));
  if (kept.every(Boolean)) return 'pass';
  return kept.some(Boolean) ? 'inconclusive' : 'fail';
}

/**
 * The judgement of a run: whether it can be judged at all, and then by its criteria.
 * @param diagnosis where one cause accounts for all that failed, and configuration mends it, the verdict is a
 * condition and no refusal
 */
export function judge(
  evidence: Evidence,
  criteria: readonly JudgedCriterion[],
  diagnosis: readonly Diagnosis[],
): Verdict {
  const invalid = reasonsInvalid(evidence);
  if (invalid.length > 0) return { decision: 'INVALID', reasons: invalid };
  if (criteria.length === 0) return { decision: 'INCONCLUSIVE', reasons: ['there are no criteria'] };
  const critical = criteria.filter(isCritical);
  const failed = critical.filter(fails);
  const undecided = critical.filter((one) => !passes(one) && !fails(one));
  const minor = criteria.filter((one) => !isCritical(one) && !passes(one));

  // A promise that is broken weighs more than one not seen, and one not seen more than a minor one that is broken.
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

function allPass(criteria: readonly JudgedCriterion[], others: readonly JudgedCriterion[]): string {
  if (others.length > 0) return 'all critical criteria pass';
  return criteria.length === 1 ? 'its one criterion passes' : `all ${criteria.length} criteria pass`;
}

const isCritical = ({ severity }: JudgedCriterion) => severity === 'critical';
const passes = ({ status }: JudgedCriterion) => status === 'pass';
const fails = ({ status }: JudgedCriterion) => status === 'fail';

/** Less sure than this, a cause is a guess, and no condition to rely on. */
const SURE = 0.8;

/** Causes to mend, of which each accounts for all that failed; none where a promise was not seen. */
export function fixableCauses(
  criteria: readonly JudgedCriterion[],
  diagnosis: readonly Diagnosis[],
): Diagnosis[] {
  const critical = criteria.filter(isCritical);
  if (critical.some(({ status }) => status === 'no data')) return [];
  const failed = critical.filter(fails);
  return diagnosis.filter(
    ({ fixable, confidence, explains }) =>
      fixable && confidence >= SURE && failed.every(({ id }) => explains.includes(id)),
  );
}

/** What to mend, where one cause accounts for all that failed. */
function conditionOf(critical: readonly JudgedCriterion[], diagnosis: readonly Diagnosis[]): string | null {
  const [cause] = fixableCauses(critical, diagnosis);
  if (!cause) return null;
  const [whatToDo = ''] = cause.recommendation.split(/\.(?: |$)/);
  return `${whatToDo}, then run this test again: "${cause.title}" alone accounts for all that fails`;
}

/** Of one thing, and of several. */
const STATUS_WORDS: Record<CriterionStatus, [one: string, several: string]> = {
  pass: ['passes', 'pass'],
  fail: ['fails', 'fail'],
  inconclusive: ['is inconclusive', 'are inconclusive'],
  'no data': ['has no data', 'have no data'],
};

/** What is counted has its title in the plural, and so have windows. */
const isPlural = ({ unit, kind }: JudgedCriterion) => unit === 'count' || kind === 'window-share';

function reasonOf(criterion: JudgedCriterion): string {
  const { title, status, severity } = criterion;
  const [one, several] = STATUS_WORDS[status];
  return `${title} ${isPlural(criterion) ? several : one}${severity === 'minor' ? ' (minor)' : ''}`;
}
