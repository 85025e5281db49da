import { type Diagnosis, type Evidence, type JudgedCriterion, windowRows } from '../../evidence/index.ts';
import { formatMs, formatPercent, pluralize } from '../../numbers/index.ts';
import { sumCounts } from './flow-failures.ts';
import { wholeRun } from './periods.ts';
import type { DiagnosisRule } from './rule.ts';

/** The diagnosis if a criterion failed and no rule applies: what was checked, and where to continue. */
export function unknownCause(
  evidence: Evidence,
  failed: readonly JudgedCriterion[],
  rules: readonly DiagnosisRule[],
): Diagnosis {
  const absences = rules.map((rule) => ({ title: rule.title, ...rule.absence(evidence) }));
  const notChecked = absences.filter(({ certain }) => !certain).map(({ text }) => text);
  const span = wholeRun(evidence);
  return {
    cause: 'unknown',
    title: 'Unknown cause',
    confidence: 0,
    evidence: [
      {
        text: `${failed.map(({ title }) => title).join(', ')} failed, but none of the ${rules.length} known causes fits`,
        ...span,
      },
      ...mostFrequentErrors(evidence),
      ...slowestWindow(evidence),
      ...(notChecked.length > 0 ? [{ text: `not checked: ${notChecked.join('; ')}`, ...span }] : []),
    ],
    recommendation:
      notChecked.length > 0
        ? 'Enable the missing probes and rerun the test: the evidence lists what this run could not check. Until then, read the log of the target at the times given in the evidence.'
        : "Check the target's log and traces at the times named in the evidence.",
    ruledOut: absences.filter(({ certain }) => certain).map(({ title, text }) => `${title}: ${text}`),
    explains: [],
    fixable: false,
  };
}

const MAX_LISTED_ERRORS = 3;

function mostFrequentErrors(evidence: Evidence) {
  const { errors } = evidence;
  if (errors.length === 0) return [];
  const descriptions = errors
    .slice(0, MAX_LISTED_ERRORS)
    .map(({ reason, code, endpoint, share }) => `${reason} (${code}) at ${endpoint}, ${formatPercent(share)}`);
  return [{ text: `${pluralize(sumCounts(errors), 'error')}: ${descriptions.join('; ')}`, ...wholeRun(evidence) }];
}

function slowestWindow({ windows }: Evidence) {
  const [slowest] = windowRows(windows).sort((a, b) => (b.p95Ms ?? 0) - (a.p95Ms ?? 0));
  if (!slowest) return [];
  const { p95Ms, vus, fromMs, toMs } = slowest;
  return [{ text: `the slowest window had a p95 of ${formatMs(p95Ms ?? 0)} at ${vus ?? '?'} VUs`, fromMs, toMs }];
}
