import {
  breakerPeriods,
  CHECKLIST_CATEGORIES,
  type ChecklistCategory,
  type ChecklistFinding,
  columnValues,
  damagedCount,
  pointsOf,
  type Result,
  TARGET_COLUMNS,
  totalIncrease,
} from '../evidence/index.ts';
import { formatCount, formatPercent, pluralize, sum } from '../numbers/index.ts';

/** @returns null where the run says nothing of it */
type Look = (result: Result) => Omit<ChecklistFinding, 'category'> | null;

const inTarget = ({ resources }: Result, column: string) => columnValues(resources.target, column);

const risesInTarget = ({ resources }: Result, counter: string) =>
  totalIncrease(pointsOf(resources.target, counter));

/** More errors than this, and the system has not gone on without what had failed. */
const FEW_ERRORS = 0.01;

/** Whether a breaker has opened in this run. */
const hasOpened = ({ resources: { target } }: Result) =>
  breakerPeriods(target).some(({ state }) => state === 'open');

const LOOKS: Record<ChecklistCategory, Look> = {
  'database-scaling': (result) => {
    const active = inTarget(result, TARGET_COLUMNS.connectionsActive);
    const limits = inTarget(result, TARGET_COLUMNS.connectionsMax);
    if (active.length === 0 || limits.length === 0) return null;
    const [most, limit] = [Math.max(...active), Math.max(...limits)];
    const inVain = risesInTarget(result, TARGET_COLUMNS.connectionTimeouts);
    // A pool that is hardly used shows nothing.
    if (inVain === 0 && most < limit / 2) return null;
    return {
      text: `at most ${formatCount(most)} of ${pluralize(limit, 'connection')} in use at once, ${pluralize(inVain, 'request')} got none in time`,
      speaksFor: inVain === 0,
    };
  },
  'transaction-safety': (result) => {
    if (!result.ledger) return null;
    const entries = Object.values(result.ledger);
    const acknowledged = sum(entries.map((entry) => entry.acknowledged));
    const damaged = sum(entries.map(damagedCount));
    const deadlocks = risesInTarget(result, TARGET_COLUMNS.deadlocks);
    const retries = risesInTarget(result, TARGET_COLUMNS.transactionRetries);
    return {
      text: `${pluralize(acknowledged, 'record')} acknowledged, ${damaged} of them lost, half-written or doubled; ${pluralize(deadlocks, 'deadlock')}, ${pluralize(retries, 'retry', 'retries')}`,
      speaksFor: damaged === 0,
    };
  },
  'external-services': (result) => {
    if (!hasOpened(result)) return null;
    const { degraded, errorRate } = result.totals;
    return {
      text: `a circuit breaker opened; ${pluralize(degraded, 'degraded answer')}, ${formatPercent(errorRate)} errors`,
      speaksFor: errorRate < FEW_ERRORS,
    };
  },
  monitoring: ({ resources }) => {
    const samples = resources.target?.atMs.length ?? 0;
    return {
      text:
        samples > 0 ? `${pluralize(samples, 'sample')} of its metrics under load` : 'it offered no metrics',
      speaksFor: samples > 0,
    };
  },
  'load-testing': ({ run, totals, verdict }) => ({
    text: `${pluralize(totals.requests, 'request')} by at most ${pluralize(run.workload.peakVUs, 'user')}: ${verdict.decision}`,
    speaksFor: verdict.decision === 'GO' || verdict.decision === 'CONDITIONAL_GO',
  }),
  'error-recovery': (result) => {
    if (!hasOpened(result)) return null;
    const isClosed = breakerPeriods(result.resources.target).at(-1)?.state === 'closed';
    return {
      text: `the circuit breaker was ${isClosed ? 'closed again' : 'not closed'} at the end`,
      speaksFor: isClosed,
    };
  },
  'rate-limiting': ({ totals }) => {
    const refused = totals.refusals[429] ?? 0;
    return refused === 0
      ? null
      : { text: `${pluralize(refused, 'request')} refused with 429 by design`, speaksFor: true };
  },
  'background-processing': (result) => {
    const queued = inTarget(result, TARGET_COLUMNS.jobsQueued);
    const most = Math.max(0, ...queued);
    if (most === 0) return null;
    const left = queued.at(-1) ?? 0;
    return { text: `at most ${pluralize(most, 'job')} waited, ${left} at the end`, speaksFor: left < most };
  },
};

/** What a run has shown of what a system has to stand. */
export const checklistFindings = (result: Result): ChecklistFinding[] =>
  CHECKLIST_CATEGORIES.flatMap((category) => {
    const found = LOOKS[category](result);
    return found ? [{ category, ...found }] : [];
  });
