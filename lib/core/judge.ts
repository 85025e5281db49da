import type { Criterion } from './criteria.ts';
import { type Measurement, measure } from './measures.ts';
import type { CriterionStatus, Decision, Evidence, JudgedCriterion, Verdict } from './result.ts';
import { invalidity } from './validity.ts';

/** Holds a criterion against what was measured. */
export function judgeCriterion(evidence: Evidence, criterion: Criterion): JudgedCriterion {
  const measurement = measure(evidence, criterion);
  const {
    measure: { kind },
    ...promise
  } = criterion;
  const { value, interval, samples, note } = measurement;
  const status = statusOf(criterion, measurement);
  return {
    ...promise,
    kind,
    status,
    value,
    interval: interval && { low: finite(interval.low), high: finite(interval.high) },
    samples,
    note: status === 'no data' && value !== null ? tooFew(criterion, note) : (note ?? null),
  };
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
  const keeps = (bound: number) => within(criterion, bound);
  if (keeps(low) && keeps(high)) return 'pass';
  return !keeps(low) && !keeps(high) ? 'fail' : 'inconclusive';
}

function within({ comparison, limit }: Criterion, value: number): boolean {
  switch (comparison) {
    case 'below':
      return value < limit;
    case 'above':
      return value > limit;
    case 'at-most':
      return value <= limit;
  }
}

/** The judgement of a run: whether it can be judged at all, and then by its criteria. */
export function judge(evidence: Evidence, criteria: readonly JudgedCriterion[]): Verdict {
  const invalid = invalidity(evidence);
  if (invalid.length > 0) return { decision: 'INVALID', reasons: invalid };
  if (criteria.length === 0) return { decision: 'INCONCLUSIVE', reasons: ['there are no criteria'] };
  const rule = RULES.find(({ applies }) => criteria.some(applies));
  if (!rule) return { decision: 'GO', reasons: [`all ${criteria.length} criteria pass`] };
  return { decision: rule.decision, reasons: criteria.filter(rule.applies).map(reasonOf) };
}

/** The first rule that any criterion meets decides: a promise that is broken weighs more than one not seen. */
const RULES: { decision: Decision; applies: (criterion: JudgedCriterion) => boolean }[] = [
  { decision: 'NO_GO', applies: ({ severity, status }) => severity === 'critical' && status === 'fail' },
  {
    decision: 'INCONCLUSIVE',
    applies: ({ severity, status }) => severity === 'critical' && status !== 'pass',
  },
  { decision: 'CONDITIONAL_GO', applies: ({ status }) => status !== 'pass' },
];

const STATUS_WORDS: Record<CriterionStatus, string> = {
  pass: 'passes',
  fail: 'fails',
  inconclusive: 'is inconclusive',
  'no data': 'has no data',
};

function reasonOf({ title, status }: JudgedCriterion): string {
  return `${title} ${STATUS_WORDS[status]}`;
}
