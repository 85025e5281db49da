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

/** @returns null if the run provides no evidence */
type FindEvidence = (result: Result) => Omit<ChecklistFinding, 'category'> | null;

const inTarget = ({ resources }: Result, column: string) => columnValues(resources.target, column);

const risesInTarget = ({ resources }: Result, counter: string) => totalIncrease(pointsOf(resources.target, counter));

/** At this error rate or above, the system did not tolerate the failure of its dependency. */
const MAX_ERROR_RATE = 0.01;

const breakerOpened = ({ resources: { target } }: Result) =>
  breakerPeriods(target).some(({ state }) => state === 'open');

const FIND_EVIDENCE: Record<ChecklistCategory, FindEvidence> = {
  'database-scaling': (result) => {
    const active = inTarget(result, TARGET_COLUMNS.connectionsActive);
    const limits = inTarget(result, TARGET_COLUMNS.connectionsMax);
    if (active.length === 0 || limits.length === 0) return null;
    const [maxActive, limit] = [Math.max(...active), Math.max(...limits)];
    const timeouts = risesInTarget(result, TARGET_COLUMNS.connectionTimeouts);
    // A pool with a lower share of connections in use provides no evidence.
    if (timeouts === 0 && maxActive < limit / 2) return null;
    return {
      text: `at most ${formatCount(maxActive)} of ${pluralize(limit, 'connection')} in use at the same time; ${pluralize(timeouts, 'request')} timed out waiting for one`,
      speaksFor: timeouts === 0,
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
      text: `${pluralize(acknowledged, 'record')} acknowledged, ${damaged} of them lost, incomplete or duplicated; ${pluralize(deadlocks, 'deadlock')}, ${pluralize(retries, 'retry', 'retries')}`,
      speaksFor: damaged === 0,
    };
  },
  'external-services': (result) => {
    if (!breakerOpened(result)) return null;
    const { degraded, errorRate } = result.totals;
    return {
      text: `a circuit breaker opened; ${pluralize(degraded, 'degraded response')}, ${formatPercent(errorRate)} errors`,
      speaksFor: errorRate < MAX_ERROR_RATE,
    };
  },
  monitoring: ({ resources }) => {
    const samples = resources.target?.atMs.length ?? 0;
    return {
      text:
        samples > 0
          ? `${pluralize(samples, 'sample')} of the target's metrics under load`
          : 'the target exposed no metrics',
      speaksFor: samples > 0,
    };
  },
  'load-testing': ({ run, totals, verdict }) => ({
    text: `${pluralize(totals.requests, 'request')} from at most ${pluralize(run.workload.peakVUs, 'user')}: ${verdict.decision}`,
    speaksFor: verdict.decision === 'GO' || verdict.decision === 'CONDITIONAL_GO',
  }),
  'error-recovery': (result) => {
    if (!breakerOpened(result)) return null;
    const isClosed = breakerPeriods(result.resources.target).at(-1)?.state === 'closed';
    return {
      text: isClosed
        ? 'the circuit breaker had closed by the end of the run'
        : 'the circuit breaker had not closed by the end of the run',
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
    const maxQueued = Math.max(0, ...queued);
    if (maxQueued === 0) return null;
    const remaining = queued.at(-1) ?? 0;
    return {
      text: `at most ${pluralize(maxQueued, 'job')} queued, ${remaining} at the end`,
      speaksFor: remaining < maxQueued,
    };
  },
};

/** Returns the evidence from a run for the categories of the checklist. Leaves out categories without evidence. */
export const checklistFindings = (result: Result): ChecklistFinding[] =>
  CHECKLIST_CATEGORIES.flatMap((category) => {
    const evidence = FIND_EVIDENCE[category](result);
    return evidence ? [{ category, ...evidence }] : [];
  });
