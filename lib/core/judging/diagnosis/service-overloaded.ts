import type { ErrorFigures, Evidence } from '../../evidence/index.ts';
import { formatCount, formatPercent, formatRate, pluralize } from '../../numbers/index.ts';
import { targetCpuUsage } from './cpu-saturated.ts';
import { poolExhaustedPeriods } from './database-pool-exhausted.ts';
import { NEARLY_ALL_SHARE, shareOfErrors } from './effects.ts';
import { sumCounts } from './flow-failures.ts';
import { spanOf, windowsWithCount } from './periods.ts';
import { MAX_RELATIVE_DEVIATION, MIN_RATE_WINDOWS, meanRates, ratesByWindow } from './refusals.ts';
import {
  certainAbsence,
  type DiagnosisRule,
  directSignal,
  type Signal,
  slowdownSignal,
  supportingSignal,
} from './rule.ts';

const REFUSED = { kind: 'server-error', code: '503' } as const;
/** Who waits for too long has gone. */
const GAVE_UP = 'timeout';
/** What targets say of it: `overloaded`, `too many requests in progress`, `the queue is full`. */
const OVERLOADED = /overload|too[-_ ](busy|many)|at capacity|queue[\w -]*full|concurrency[-_ ]limit/i;
const FEWEST = 10;
const LEAST_SHARE = 0.01;
/** Below this share of a core for each instance, it is not CPU that the target lacks. */
const IDLE = 0.6;
/** In a window in which less than this share was refused, the limit was hardly met. */
const MET = 0.05;

const isRefusal = ({ kind, code }: ErrorFigures) => kind === REFUSED.kind && code === REFUSED.code;
const saysSo = (error: ErrorFigures) => isRefusal(error) && OVERLOADED.test(error.reason);
/** A gateway, for example, gives the status alone. */
const isPlain = (error: ErrorFigures) => isRefusal(error) && error.reason === REFUSED.kind;
const isRefused = (error: ErrorFigures) => saysSo(error) || isPlain(error);
const isOwn = (error: ErrorFigures) => isRefused(error) || error.kind === GAVE_UP;

/** By window, those that may be of it: windows tell errors by their kind alone. */
const ownInWindows = ({ windows: { startMs, errorsByKind } }: Evidence): number[] =>
  startMs.map((_, i) => (errorsByKind[REFUSED.kind]?.[i] ?? 0) + (errorsByKind[GAVE_UP]?.[i] ?? 0));

/** Requests a second that were asked for and that got through while some were refused. */
type Ceiling = ReturnType<typeof meanRates>;

/**
 * That so much got through and no more, however much was asked for: while less was asked for, nothing was refused.
 * Null where that was not seen. What fails for another reason fails at any load.
 */
function ceilingOf(evidence: Evidence): Ceiling | null {
  const { errors } = evidence;
  const ofKinds = errors.filter(({ kind }) => kind === REFUSED.kind || kind === GAVE_UP);
  if (sumCounts(ofKinds.filter(isOwn)) < NEARLY_ALL_SHARE * sumCounts(ofKinds)) return null;
  const all = ratesByWindow(evidence, ownInWindows(evidence)).filter(({ requests }) => requests > 0);
  const isMet = ({ refused, requests }: (typeof all)[number]) => refused >= MET * requests;
  const met = meanRates(all.filter(isMet));
  const below = all.filter((one) => !isMet(one));
  if (!met.even || below.length < MIN_RATE_WINDOWS) return null;
  return below.every(({ asked }) => asked <= (1 + MAX_RELATIVE_DEVIATION) * met.through) ? met : null;
}

export const serviceOverloaded: DiagnosisRule = {
  cause: 'service-overloaded',
  title: 'The service refuses what it has no room for',
  alternatives: [
    'process-crash',
    'database-unavailable',
    'database-lock',
    'connection-leak',
    'database-pool-exhausted',
  ],

  suspect(evidence) {
    const { errors, totals } = evidence;
    const areMany = (some: readonly ErrorFigures[]) =>
      sumCounts(some) >= Math.max(FEWEST, LEAST_SHARE * totals.requests);
    const own = errors.filter(isOwn);
    if (!areMany(own)) return null;
    const refusing = windowsWithCount(evidence, ownInWindows(evidence));
    const span = spanOf(refusing);
    const cpu = targetCpuUsage(evidence, span);
    if (cpu?.isSaturated) return null;
    const saying = errors.filter(saysSo);
    const isTold = areMany(saying);
    const ceiling = ceilingOf(evidence);
    const isIdle = cpu !== null && cpu.share < IDLE && !cpu.isLate;
    // What does not say so may mean anything.
    if (!isTold && (!ceiling || !isIdle || poolExhaustedPeriods(evidence).length > 0)) return null;

    const signals: (Signal | false | null)[] = [
      isTold &&
        directSignal(
          span,
          `${formatCount(sumCounts(saying))} of ${pluralize(sumCounts(errors), 'error')} say that there was no room (${[...new Set(saying.map(({ reason }) => reason))].join(', ')})`,
        ),
      !isTold &&
        supportingSignal(
          span,
          `${pluralize(sumCounts(own), 'request')} answered ${REFUSED.code}, or not in time (${formatPercent(shareOfErrors(evidence, isOwn))} of the errors)`,
        ),
      ceiling &&
        supportingSignal(
          span,
          `${formatRate(ceiling.through)} got through of ${formatRate(ceiling.asked)} that were asked for, and nothing was refused while less was asked for`,
        ),
      isIdle &&
        supportingSignal(
          span,
          `meanwhile it used ${formatPercent(cpu.share)} of a core for each instance: it is not CPU that it lacks`,
        ),
      slowdownSignal(evidence, refusing),
    ];
    return {
      signals,
      recommendation: recommend(ceiling, isIdle),
      effect: {
        matchesError: ceiling ? isOwn : isRefused,
        matchesFailure: (reason) => OVERLOADED.test(reason),
        slowPeriods: refusing,
      },
    };
  },

  absence(evidence) {
    const refused = sumCounts(evidence.errors.filter(isOwn));
    return certainAbsence(
      `${pluralize(refused, 'request')} answered ${REFUSED.code} for want of room, or not in time`,
    );
  },
};

function recommend(ceiling: Ceiling | null, isIdle: boolean): string {
  const through = ceiling ? `, which lets ${formatRate(ceiling.through)} through,` : '';
  return isIdle
    ? `Find the limit on work in progress or on those who wait${through} and what it stands for: CPU is to spare. Raise it step by step, or run more instances, and watch what lies behind it.`
    : `Find out whether the target lacked CPU when it refused${through} with its machine and a profile: that it was idle is not sure. Where it was, raise its limit on work in progress; where not, give it more CPU.`;
}
