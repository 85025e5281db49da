import {
  counterRises,
  type Evidence,
  PM2_COLUMNS,
  pointsOf,
  type SamplePoint,
  TARGET_COLUMNS,
  typicalGapMs,
} from '../../evidence/index.ts';
import {
  formatCount,
  formatExactValue,
  formatMs,
  formatNumber,
  formatPercent,
  formatRate,
  median,
  pluralize,
} from '../../numbers/index.ts';
import { targetProcesses } from '../ladder/processes.ts';
import {
  joinPeriods,
  offeredPerS,
  type Period,
  periodsWhere,
  samplesUnderLoad,
  spanOf,
  totalsInsideAndOutside,
} from './periods.ts';
import {
  certainAbsence,
  type DiagnosisRule,
  directSignal,
  slowdownSignal,
  uncertainAbsence,
} from './rule.ts';

/** Of one core for each instance: what runs JavaScript uses no more than one. */
const BUSY = 0.9;
/** Between two turns of a loop that has little to do lie some 10 ms. */
const LAG_S = 0.1;
/** As long as this it has to last: collections of garbage are shorter. */
const FEWEST_SAMPLES = 3;
const LEAST_SHARE = 0.25;
/** What is saturated is so with respites: as many samples in between do not end it. */
const RESPITES = 3;
const HEADROOM = 1.4;

/** The CPU that was used between two samples. */
interface Use extends Period {
  cores: number;
  /** Of a core, for each instance. */
  share: number;
}

/** By the target's own counter, or else by PM2. */
function usesOf({ resources, run }: Evidence): Use[] {
  const instances = targetProcesses({ resources });
  const counted = counterRises(pointsOf(resources.target, TARGET_COLUMNS.cpuSeconds));
  const byPm2 = pointsOf(resources.pm2, PM2_COLUMNS.cpuShare);
  const all =
    counted.length > 0
      ? counted.map(({ fromMs, toMs, perS }) => ({ fromMs, toMs, cores: perS }))
      : byPm2
          .slice(1)
          .map(({ atMs, value }, i) => ({ fromMs: byPm2[i]?.atMs ?? 0, toMs: atMs, cores: value }));
  return all
    .filter(({ fromMs, toMs }) => toMs > 0 && fromMs < run.durationMs)
    .map((one) => ({ ...one, share: one.cores / instances }));
}

const lagsOf = (evidence: Evidence) =>
  samplesUnderLoad(evidence, pointsOf(evidence.resources.target, TARGET_COLUMNS.eventLoopLagP99Seconds));

const isLate = ({ value }: SamplePoint) => value >= LAG_S;

/** None where it did not last. */
const lasting = <T>(some: readonly T[], all: readonly unknown[]): readonly T[] =>
  some.length >= Math.max(FEWEST_SAMPLES, LEAST_SHARE * all.length) ? some : [];

/** When CPU or event loop were at their limit, of all times that are known. */
function saturationOf(evidence: Evidence) {
  const uses = usesOf(evidence);
  const lags = lagsOf(evidence);
  return {
    uses,
    busy: lasting(
      uses.filter(({ share }) => share >= BUSY),
      uses,
    ),
    lags,
    late: lasting(lags.filter(isLate), lags),
  };
}

/** How busy the target was, for rules to whose causes it matters; null where nobody saw its CPU. */
export function targetCpuUsage(evidence: Evidence, { fromMs, toMs }: Period) {
  const { uses, busy, lags, late } = saturationOf(evidence);
  if (uses.length === 0) return null;
  const meanwhile = uses.filter((use) => fromMs <= use.fromMs && use.toMs <= toMs);
  return {
    isSaturated: busy.length + late.length > 0,
    /** Of a core, for each instance, within the stretch; of no sample, all of it. */
    share: meanwhile.length > 0 ? median(meanwhile.map(({ share }) => share)) : 1,
    isLate: lags.some((lag) => fromMs <= lag.atMs && lag.atMs <= toMs && isLate(lag)),
  };
}

function busiestWords(uses: readonly Use[], lags: ReturnType<typeof lagsOf>): string {
  const late = lags.length > 0 ? `, event loop lag p99 at most ${longestLag(lags)}` : '';
  return `CPU was at most ${highestShare(uses)} of a core for each instance${late}`;
}

const highestShare = (uses: readonly Use[]) => formatPercent(Math.max(...uses.map(({ share }) => share)));
const longestLag = (lags: ReturnType<typeof lagsOf>) =>
  formatMs(Math.max(...lags.map(({ value }) => value)) * 1000);

export const cpuSaturated: DiagnosisRule = {
  cause: 'cpu-saturated',
  title: 'CPU or event loop saturated',
  alternatives: ['memory-leak', 'process-crash', 'database-pool-exhausted', 'database-lock'],

  suspect(evidence) {
    const { uses, busy, lags, late } = saturationOf(evidence);
    if (busy.length + late.length === 0) return null;

    const stretches = joinPeriods(
      [...busy, ...periodsWhere(late.length > 0 ? lags : [], isLate)],
      RESPITES * typicalGapMs(uses.map(({ toMs }) => toMs)),
    );
    const span = spanOf(stretches);
    return {
      signals: [
        busy.length > 0 &&
          directSignal(
            span,
            `the target used ${formatExactValue(BUSY, 'fraction')} or more of a core, for each instance, in ${formatCount(busy.length)} of ${pluralize(uses.length, 'sample')}, at most ${highestShare(uses)}`,
          ),
        late.length > 0 &&
          directSignal(
            span,
            `the event loop lagged by ${formatExactValue(LAG_S * 1000, 'ms')} or more (p99) in ${formatCount(late.length)} of ${pluralize(lags.length, 'sample')}, at most ${longestLag(lags)}`,
          ),
        slowdownSignal(evidence, stretches),
      ],
      recommendation: busy.length > 0 ? recommend(evidence, uses, stretches) : FREE_THE_LOOP,
      effect: { slowPeriods: stretches },
    };
  },

  absence(evidence) {
    const { uses, lags } = saturationOf(evidence);
    return uses.length === 0
      ? uncertainAbsence("the target's CPU: its metrics do not tell it")
      : certainAbsence(busiestWords(uses, lags));
  },
};

const FREE_THE_LOOP =
  'Find what occupies the event loop with a CPU profile of the target under this load: synchronous work belongs into small parts, a worker or a queue.';

function recommend(evidence: Evidence, uses: readonly Use[], stretches: readonly Period[]): string {
  const { inside, outside } = totalsInsideAndOutside(evidence, stretches);
  const usedS = uses
    .filter((use) => stretches.some(({ fromMs, toMs }) => fromMs < use.toMs && use.toMs <= toMs))
    .reduce((sum, { cores, fromMs, toMs }) => sum + (cores * (toMs - fromMs)) / 1000, 0);
  const perRequestS = usedS / inside.requests;
  const queueingS = outside.requests > 0 ? Math.max(0, inside.meanMs - outside.meanMs) / 1000 : 0;
  const offered = offeredPerS(evidence, inside, inside.perS * queueingS);
  const cores = offered * perRequestS;
  return `A request takes ${formatMs(perRequestS * 1000)} of CPU, so that a core serves ${formatRate(1 / perRequestS)}, and the planned load is about ${formatRate(offered)}: find the time in a CPU profile, or run ${Math.max(2, Math.ceil(cores * HEADROOM))} instances (${formatNumber(cores)} cores, with ${HEADROOM} times that as headroom).`;
}
