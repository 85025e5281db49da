import { type Diagnosis, type Evidence, type JudgedCriterion, windowRows } from '../../evidence/index.ts';
import { formatMs, formatPercent, pluralize } from '../../numbers/index.ts';
import { sumCounts } from './flow-failures.ts';
import { wholeRun } from './periods.ts';
import type { DiagnosisRule } from './rule.ts';

/** A promise was broken, and no rule knows why: what was looked at, and where to look next. */
export function unknownCause(
  evidence: Evidence,
  failed: readonly JudgedCriterion[],
  rules: readonly DiagnosisRule[],
): Diagnosis {
  const absences = rules.map((rule) => ({ title: rule.title, ...rule.absence(evidence) }));
  const notSeen = absences.filter(({ certain }) => !certain).map(({ text }) => text);
  const span = wholeRun(evidence);
  return {
    cause: 'unknown',
    title: 'Unknown cause',
    confidence: 0,
    evidence: [
      {
        text: `${failed.map(({ title }) => title).join(', ')} failed, and none of ${rules.length} known causes fits`,
        ...span,
      },
      ...commonestErrors(evidence),
      ...slowestWindow(evidence),
      ...(notSeen.length > 0 ? [{ text: `not looked at: ${notSeen.join('; ')}`, ...span }] : []),
    ],
    recommendation:
      notSeen.length > 0
        ? 'Let the run see more, and repeat it: the list of what it did not look at is in the evidence. Until then, look into the log of the target at the times named there.'
        : "Look into the target's log and traces at the times named in the evidence.",
    ruledOut: absences.filter(({ certain }) => certain).map(({ title, text }) => `${title}: ${text}`),
    explains: [],
    fixable: false,
  };
}

const TOLD = 3;

function commonestErrors(evidence: Evidence) {
  const { errors } = evidence;
  if (errors.length === 0) return [];
  const told = errors
    .slice(0, TOLD)
    .map((one) => `${one.reason} (${one.code}) at ${one.endpoint}, ${formatPercent(one.share)}`);
  return [{ text: `${pluralize(sumCounts(errors), 'error')}: ${told.join('; ')}`, ...wholeRun(evidence) }];
}

function slowestWindow({ windows }: Evidence) {
  const [slowest] = windowRows(windows).sort((a, b) => (b.p95Ms ?? 0) - (a.p95Ms ?? 0));
  if (!slowest) return [];
  const { p95Ms, vus, fromMs, toMs } = slowest;
  return [
    { text: `the slowest window had a p95 of ${formatMs(p95Ms ?? 0)} at ${vus ?? '?'} VUs`, fromMs, toMs },
  ];
}
