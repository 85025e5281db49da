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
import { certainAbsence, type DiagnosisRule, directSignal, slowdownSignal, uncertainAbsence } from './rule.ts';

/** Share of a core per instance; a JavaScript process uses at most one core. */
const MIN_BUSY_SHARE = 0.9;
/** An idle event loop lags by about 10 ms. */
const MIN_LAG_S = 0.1;
/**
 * Saturation must last for at least this many samples and this share of all samples. Garbage collections are shorter.
 */
const MIN_SAMPLES = 3;
const MIN_SHARE_OF_SAMPLES = 0.25;
/** Pauses of up to this many samples do not end a saturated period. */
const MAX_PAUSE_SAMPLES = 3;
const HEADROOM = 1.4;

/** CPU use between two samples. */
interface CpuUse extends Period {
  cores: number;
  /** Share of a core per instance. */
  share: number;
}

/** Reads the target's own CPU counter, or PM2 if the target has no such counter. */
function usesOf({ resources, run }: Evidence): CpuUse[] {
  const instances = targetProcesses({ resources });
  const counted = counterRises(pointsOf(resources.target, TARGET_COLUMNS.cpuSeconds));
  const byPm2 = pointsOf(resources.pm2, PM2_COLUMNS.cpuShare);
  const all =
    counted.length > 0
      ? counted.map(({ fromMs, toMs, perS }) => ({ fromMs, toMs, cores: perS }))
      : byPm2.slice(1).map(({ atMs, value }, i) => ({ fromMs: byPm2[i]?.atMs ?? 0, toMs: atMs, cores: value }));
  return all
    .filter(({ fromMs, toMs }) => toMs > 0 && fromMs < run.durationMs)
    .map((use) => ({ ...use, share: use.cores / instances }));
}

const lagsOf = (evidence: Evidence) =>
  samplesUnderLoad(evidence, pointsOf(evidence.resources.target, TARGET_COLUMNS.eventLoopLagP99Seconds));

const isLate = ({ value }: SamplePoint) => value >= MIN_LAG_S;

/** Returns the saturated samples if saturation lasted long enough, and otherwise an empty list. */
const lasting = <T>(saturated: readonly T[], all: readonly unknown[]): readonly T[] =>
  saturated.length >= Math.max(MIN_SAMPLES, MIN_SHARE_OF_SAMPLES * all.length) ? saturated : [];

/** Returns all samples of CPU and event loop lag, and the samples at the limit. */
function saturationOf(evidence: Evidence) {
  const uses = usesOf(evidence);
  const lags = lagsOf(evidence);
  return {
    uses,
    busy: lasting(
      uses.filter(({ share }) => share >= MIN_BUSY_SHARE),
      uses,
    ),
    lags,
    late: lasting(lags.filter(isLate), lags),
  };
}

/** Returns the CPU use of the target in a period, for use by other rules; null if CPU was not measured. */
export function targetCpuUsage(evidence: Evidence, { fromMs, toMs }: Period) {
  const { uses, busy, lags, late } = saturationOf(evidence);
  if (uses.length === 0) return null;
  const meanwhile = uses.filter((use) => fromMs <= use.fromMs && use.toMs <= toMs);
  return {
    isSaturated: busy.length + late.length > 0,
    /** Returns the median share of a core per instance in the period, or 1 without samples. */
    share: meanwhile.length > 0 ? median(meanwhile.map(({ share }) => share)) : 1,
    isLate: lags.some((lag) => fromMs <= lag.atMs && lag.atMs <= toMs && isLate(lag)),
  };
}

function maxUseText(uses: readonly CpuUse[], lags: ReturnType<typeof lagsOf>): string {
  const late = lags.length > 0 ? `, and event loop lag (p99) at most ${maxLag(lags)}` : '';
  return `CPU use was at most ${maxShare(uses)} of a core per instance${late}`;
}

const maxShare = (uses: readonly CpuUse[]) => formatPercent(Math.max(...uses.map(({ share }) => share)));
const maxLag = (lags: ReturnType<typeof lagsOf>) => formatMs(Math.max(...lags.map(({ value }) => value)) * 1000);

export const cpuSaturated: DiagnosisRule = {
  cause: 'cpu-saturated',
  title: 'CPU or event loop saturated',
  alternatives: ['memory-leak', 'process-crash', 'database-pool-exhausted', 'database-lock'],

  suspect(evidence) {
    const { uses, busy, lags, late } = saturationOf(evidence);
    if (busy.length + late.length === 0) return null;

    const periods = joinPeriods(
      [...busy, ...periodsWhere(late.length > 0 ? lags : [], isLate)],
      MAX_PAUSE_SAMPLES * typicalGapMs(uses.map(({ toMs }) => toMs)),
    );
    const span = spanOf(periods);
    return {
      signals: [
        busy.length > 0 &&
          directSignal(
            span,
            `the target used ${formatExactValue(MIN_BUSY_SHARE, 'fraction')} or more of a core per instance in ${formatCount(busy.length)} of ${pluralize(uses.length, 'sample')} (max ${maxShare(uses)})`,
          ),
        late.length > 0 &&
          directSignal(
            span,
            `the event loop lagged by ${formatExactValue(MIN_LAG_S * 1000, 'ms')} or more (p99) in ${formatCount(late.length)} of ${pluralize(lags.length, 'sample')} (max ${maxLag(lags)})`,
          ),
        slowdownSignal(evidence, periods),
      ],
      recommendation: busy.length > 0 ? recommend(evidence, uses, periods) : UNBLOCK_EVENT_LOOP,
      effect: { slowPeriods: periods },
    };
  },

  absence(evidence) {
    const { uses, lags } = saturationOf(evidence);
    return uses.length === 0
      ? uncertainAbsence("the target's CPU: its metrics do not include CPU time")
      : certainAbsence(maxUseText(uses, lags));
  },
};

const UNBLOCK_EVENT_LOOP =
  'Take a CPU profile of the target under this load to find what blocks the event loop. Split synchronous work into smaller parts, or move it to a worker or a queue.';

function recommend(evidence: Evidence, uses: readonly CpuUse[], periods: readonly Period[]): string {
  const { inside, outside } = totalsInsideAndOutside(evidence, periods);
  const usedS = uses
    .filter((use) => periods.some(({ fromMs, toMs }) => fromMs < use.toMs && use.toMs <= toMs))
    .reduce((sum, { cores, fromMs, toMs }) => sum + (cores * (toMs - fromMs)) / 1000, 0);
  const perRequestS = usedS / inside.requests;
  const queueingS = outside.requests > 0 ? Math.max(0, inside.meanMs - outside.meanMs) / 1000 : 0;
  const offered = offeredPerS(evidence, inside, inside.perS * queueingS);
  const cores = offered * perRequestS;
  return `Reduce the CPU time per request with the help of a CPU profile, or run ${Math.max(2, Math.ceil(cores * HEADROOM))} instances. A request takes ${formatMs(perRequestS * 1000)} of CPU time, so a core serves ${formatRate(1 / perRequestS)}. The planned load of about ${formatRate(offered)} needs ${formatNumber(cores)} cores, and ${HEADROOM} times that with headroom.`;
}
