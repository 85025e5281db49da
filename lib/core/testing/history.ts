/** Builders for tests: records of nights, the first of them the night to 2 November 2026. */

import { type FlowRecord, type HistoryRecord, recordOf, type StepRecord } from '../across-runs/index.ts';
import { FULL_SCALE } from '../definition/index.ts';
import { type Random, weightedChoice, wilsonInterval } from '../numbers/index.ts';
import { resultOf } from './evidence.ts';

export const DAY_MS = 86_400_000;
const FIRST_NIGHT_MS = Date.parse('2026-11-01T23:17:00.000Z');

/** When a night's run begins; nights count from 1. */
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

/** A flow of these steps: who fails in one comes to none after it, and gives its name as the reason. */
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

/** Failures of this kind, as often as real runs had them among each other, as a share of all iterations. */
interface Losses {
  like: readonly HistoryRecord[];
  share: number;
}

/**
 * A night as a real run would have had it with more iterations: how many fail, and why, is drawn anew from what real
 * runs failed of, and durations from one of them; no two nights are alike in how many fail, nor in how fast they are.
 */
function resampledNight(
  runs: readonly HistoryRecord[],
  night: number,
  { iterations, losses, random }: { iterations: number; losses: readonly Losses[]; random: Random },
): HistoryRecord {
  const run = runs[Math.floor(random() * runs.length)] as HistoryRecord;
  const [flow] = run.flows;
  if (!flow) throw new RangeError('a run without a flow cannot be resampled');
  const failed = new Map<string, number>();
  for (const { like, share } of losses) {
    const failures = weightedChoice(
      like.flatMap(({ flows }) => flows[0]?.failures ?? []),
      ({ count }) => count,
    );
    for (let i = count(iterations, share * around(random, 0.08), random); i > 0; i--) {
      const { reason } = failures(random);
      failed.set(reason, (failed.get(reason) ?? 0) + 1);
    }
  }
  const speed = around(random, 0.02);
  const grown = iterations / flow.iterations;
  const resampled = { ...withFailures(flow, iterations, failed), durationMs: scaled(flow.durationMs, speed) };
  return {
    ...run,
    run: { ...run.run, ...identityOf(night), scale: FULL_SCALE, scaled: false },
    ...judged(resampled),
    totals: {
      ...run.totals,
      requests: Math.round(run.totals.requests * grown),
      errors: Math.round(run.totals.errors * grown * around(random, 0.2)),
      durationMs: scaled(run.totals.durationMs, speed),
    },
    flows: [resampled],
  };
}

/** By the promise of success alone. */
function judged({
  name,
  iterations,
  succeeded,
  target,
}: FlowRecord): Pick<HistoryRecord, 'verdict' | 'failed'> {
  const { low, high } = wilsonInterval(succeeded, iterations);
  if (target === null || low > target) return { verdict: 'GO', failed: [] };
  return high < target
    ? { verdict: 'NO_GO', failed: [`${name} success rate`] }
    : { verdict: 'INCONCLUSIVE', failed: [] };
}

/** Nights of a flow, of which from one on more fail than before, and some have no run. */
export interface Simulation {
  nights: number;
  dropsAtNight: number;
  withoutRun: readonly number[];
  iterations: number;
  success: number;
  successAfter: number;
}

/** As a team would have seen it that runs 2,800 orders every night. */
export const TWO_MONTHS_SIMULATION: Simulation = {
  nights: 60,
  dropsAtNight: 40,
  withoutRun: [47, 53],
  iterations: 2800,
  success: 0.97,
  successAfter: 0.94,
};

/**
 * Records of such nights, drawn from real runs.
 * @param usual real runs of any day
 * @param worse real runs with what makes it worse: the reasons that no usual one had are those of the drop
 */
export function simulateNights(
  usual: readonly HistoryRecord[],
  worse: readonly HistoryRecord[],
  { nights, dropsAtNight: fallsAt, withoutRun, iterations, success, successAfter }: Simulation,
  random: Random,
): HistoryRecord[] {
  const known = new Set(usual.flatMap(({ flows }) => flows[0]?.failures.map(({ reason }) => reason) ?? []));
  const onlyNew = worse.map((record) => ({
    ...record,
    flows: record.flows.map((flow) => ({
      ...flow,
      failures: flow.failures.filter(({ reason }) => !known.has(reason)),
    })),
  }));
  return Array.from({ length: nights }, (_, i) => i + 1)
    .filter((night) => !withoutRun.includes(night))
    .map((night) => {
      const losses = [
        { like: usual, share: 1 - success },
        ...(night < fallsAt ? [] : [{ like: onlyNew, share: success - successAfter }]),
      ];
      const record = resampledNight(usual, night, { iterations, losses, random });
      const gitCommit = String(night).padStart(4, '0').padEnd(40, 'a');
      return { ...record, run: { ...record.run, gitCommit } };
    });
}

/** Each flow ends at the step that its reason begins with. */
function withFailures(flow: FlowRecord, iterations: number, failed: ReadonlyMap<string, number>): FlowRecord {
  let left = iterations;
  const steps = flow.steps.map((step): StepRecord => {
    if (step.attempts === 0) return step;
    const attempts = left;
    for (const [reason, count] of failed) if (reason.startsWith(`${step.name}: `)) left -= count;
    return { ...step, attempts, succeeded: left };
  });
  const failures = [...failed]
    .map(([reason, count]) => ({ reason, count }))
    .sort((a, b) => b.count - a.count);
  return { ...flow, iterations, succeeded: left, steps, failures };
}

const scaled = <Stats extends Record<string, number>>(stats: Stats | null, factor: number): Stats | null =>
  stats &&
  (Object.fromEntries(Object.entries(stats).map(([name, value]) => [name, value * factor])) as Stats);

/** 1, give or take: the sum of twelve is nearly normal, and this its standard deviation. */
function around(random: Random, deviation: number): number {
  const sum = Array.from({ length: 12 }, () => random()).reduce((all, one) => all + one, 0);
  return 1 + deviation * (sum - 6);
}

/** Of so many trials, how many hit. */
function count(trials: number, share: number, random: Random): number {
  let hits = 0;
  for (let i = 0; i < trials; i++) if (random() < share) hits += 1;
  return hits;
}
