/** Builders for tests of the history: records of nightly runs, the first in the night to 2 November 2026. */

import { type FlowRecord, type HistoryRecord, recordOf, type StepRecord } from '../across-runs/index.ts';
import { FULL_SCALE } from '../definition/index.ts';
import { type Random, weightedChoice, wilsonInterval } from '../numbers/index.ts';
import { resultOf } from './evidence.ts';

export const DAY_MS = 86_400_000;
const FIRST_NIGHT_MS = Date.parse('2026-11-01T23:17:00.000Z');

/** Start of a night's run, in ms since the epoch; nights count from 1. */
export const nightStartMs = (night: number): number => FIRST_NIGHT_MS + (night - 1) * DAY_MS;

type Parts = Partial<Omit<HistoryRecord, 'run'>> & { run?: Partial<HistoryRecord['run']> };

function identityOf(night: number): Pick<HistoryRecord['run'], 'id' | 'startedAt'> {
  const startedAt = new Date(nightStartMs(night)).toISOString();
  return { id: `${startedAt.replace(/[-:]|\.\d+/g, '')}-${String(night).padStart(6, '0')}`, startedAt };
}

/** The record of one night's run. */
export function nightlyRecord(night: number, { run, ...parts }: Parts = {}): HistoryRecord {
  const record = recordOf(resultOf());
  return { ...record, ...parts, run: { ...record.run, ...identityOf(night), ...run } };
}

/** A flow with the given failures per step; an iteration that fails in a step does not reach the next steps. */
export function flowRecord(iterations: number, failures: Record<string, number>, target = 0.95): FlowRecord {
  let left = iterations;
  const steps = Object.entries(failures).map(([name, failed]): StepRecord => {
    const attempts = left;
    left -= failed;
    return { name, attempts, succeeded: left, durationMs: { mean: 100, p95: 200 } };
  });
  return {
    name: 'order',
    iterations,
    succeeded: left,
    target,
    durationMs: { mean: 2000, p95: 4000 },
    steps,
    failures: Object.entries(failures)
      .filter(([, count]) => count > 0)
      .map(([name, count]) => ({ reason: `${name}: refused`, count })),
  };
}

/** Failures whose reasons are distributed as in real runs, and their share of all iterations. */
interface FailureSource {
  reasonsFrom: readonly HistoryRecord[];
  share: number;
}

/**
 * A simulated night with more iterations than a real run. The number and reasons of failures are drawn from real runs,
 * and durations are those of one real run with random variation.
 */
function resampledNight(
  runs: readonly HistoryRecord[],
  night: number,
  {
    iterations,
    failureSources,
    random,
  }: { iterations: number; failureSources: readonly FailureSource[]; random: Random },
): HistoryRecord {
  const run = runs[Math.floor(random() * runs.length)] as HistoryRecord;
  const [flow] = run.flows;
  if (!flow) throw new RangeError('a run without a flow cannot be resampled');
  const failed = new Map<string, number>();
  for (const { reasonsFrom, share } of failureSources) {
    const drawFailure = weightedChoice(
      reasonsFrom.flatMap(({ flows }) => flows[0]?.failures ?? []),
      ({ count }) => count,
    );
    for (let i = randomCount(iterations, share * randomFactor(random, 0.08), random); i > 0; i--) {
      const { reason } = drawFailure(random);
      failed.set(reason, (failed.get(reason) ?? 0) + 1);
    }
  }
  const slowdown = randomFactor(random, 0.02);
  const growth = iterations / flow.iterations;
  const resampled = {
    ...withFailures(flow, iterations, failed),
    durationMs: scaled(flow.durationMs, slowdown),
  };
  return {
    ...run,
    run: { ...run.run, ...identityOf(night), scale: FULL_SCALE, scaled: false },
    ...verdictOn(resampled),
    totals: {
      ...run.totals,
      requests: Math.round(run.totals.requests * growth),
      errors: Math.round(run.totals.errors * growth * randomFactor(random, 0.2)),
      responseTimeMs: scaled(run.totals.responseTimeMs, slowdown),
      durationMs: scaled(run.totals.durationMs, slowdown),
    },
    flows: [resampled],
  };
}

/** The verdict by the criterion on the success rate alone. */
function verdictOn({ name, iterations, succeeded, target }: FlowRecord): Pick<HistoryRecord, 'verdict' | 'failed'> {
  const { low, high } = wilsonInterval(succeeded, iterations);
  if (target === null || low > target) return { verdict: 'GO', failed: [] };
  return high < target
    ? { verdict: 'NO_GO', failed: [`${name} success rate`] }
    : { verdict: 'INCONCLUSIVE', failed: [] };
}

/** Nightly runs of a flow whose success rate drops at one night; some nights have no run. */
export interface Simulation {
  nights: number;
  dropsAtNight: number;
  withoutRun: readonly number[];
  iterations: number;
  success: number;
  successAfter: number;
}

/** Two months of a team that runs 2,800 orders every night. */
export const TWO_MONTHS_SIMULATION: Simulation = {
  nights: 60,
  dropsAtNight: 40,
  withoutRun: [47, 53],
  iterations: 2800,
  success: 0.97,
  successAfter: 0.94,
};

/**
 * Records of simulated nights, drawn from real runs.
 * @param usual real runs before the drop
 * @param worse real runs with the problem; their failure reasons that no usual run has are those of the drop
 */
export function simulateNights(
  usual: readonly HistoryRecord[],
  worse: readonly HistoryRecord[],
  { nights, dropsAtNight, withoutRun, iterations, success, successAfter }: Simulation,
  random: Random,
): HistoryRecord[] {
  const usualReasons = new Set(usual.flatMap(({ flows }) => flows[0]?.failures.map(({ reason }) => reason) ?? []));
  const onlyNew = worse.map((record) => ({
    ...record,
    flows: record.flows.map((flow) => ({
      ...flow,
      failures: flow.failures.filter(({ reason }) => !usualReasons.has(reason)),
    })),
  }));
  return Array.from({ length: nights }, (_, i) => i + 1)
    .filter((night) => !withoutRun.includes(night))
    .map((night) => {
      const failureSources = [
        { reasonsFrom: usual, share: 1 - success },
        ...(night < dropsAtNight ? [] : [{ reasonsFrom: onlyNew, share: success - successAfter }]),
      ];
      const record = resampledNight(usual, night, { iterations, failureSources, random });
      const suite = String(night).padStart(4, '0').padEnd(40, 'a');
      return { ...record, run: { ...record.run, commits: { suite, tests: suite, service: null } } };
    });
}

/** A flow with the given failures by reason; each iteration ends at the step that its reason starts with. */
function withFailures(flow: FlowRecord, iterations: number, failed: ReadonlyMap<string, number>): FlowRecord {
  let left = iterations;
  const steps = flow.steps.map((step): StepRecord => {
    if (step.attempts === 0) return step;
    const attempts = left;
    for (const [reason, count] of failed) if (reason.startsWith(`${step.name}: `)) left -= count;
    return { ...step, attempts, succeeded: left };
  });
  const failures = [...failed].map(([reason, count]) => ({ reason, count })).sort((a, b) => b.count - a.count);
  return { ...flow, iterations, succeeded: left, steps, failures };
}

const scaled = <Stats extends Record<string, number>>(stats: Stats | null, factor: number): Stats | null =>
  stats && (Object.fromEntries(Object.entries(stats).map(([name, value]) => [name, value * factor])) as Stats);

/** A random factor around 1 with the given standard deviation; the sum of 12 uniform values is nearly normal. */
function randomFactor(random: Random, deviation: number): number {
  const sum = Array.from({ length: 12 }, () => random()).reduce((total, value) => total + value, 0);
  return 1 + deviation * (sum - 6);
}

/** A random number of hits in the given number of trials. */
function randomCount(trials: number, share: number, random: Random): number {
  let hits = 0;
  for (let i = 0; i < trials; i++) if (random() < share) hits += 1;
  return hits;
}
