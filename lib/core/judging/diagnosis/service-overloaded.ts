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
/** The kind of error of a request that waited too long. */
const TIMED_OUT = 'timeout';
/** Reasons in responses such as `overloaded`, `too many requests in progress` or `the queue is full`. */
const OVERLOAD_REASON = /overload|too[-_ ](busy|many)|at capacity|queue[\w -]*full|concurrency[-_ ]limit/i;
const MIN_ERRORS = 10;
const MIN_ERROR_SHARE = 0.01;
/** Below this share of a core per instance, CPU is not the bottleneck. */
const MAX_IDLE_CPU_SHARE = 0.6;
/** The target counts as at its limit in windows with at least this share of refusals. */
const MIN_REFUSED_SHARE = 0.05;

const isRefusal = ({ kind, code }: ErrorFigures) => kind === REFUSED.kind && code === REFUSED.code;
const saysOverloaded = (error: ErrorFigures) => isRefusal(error) && OVERLOAD_REASON.test(error.reason);
/** Matches a refusal without a reason, for example from a gateway. */
const hasNoReason = (error: ErrorFigures) => isRefusal(error) && error.reason === REFUSED.kind;
const isRefused = (error: ErrorFigures) => saysOverloaded(error) || hasNoReason(error);
const isOverloadError = (error: ErrorFigures) => isRefused(error) || error.kind === TIMED_OUT;

/**
 * Counts the errors per window that overload may have caused. Windows record only the kind of an error, not its reason.
 */
const overloadErrorsByWindow = ({ windows: { startMs, errorsByKind } }: Evidence): number[] =>
  startMs.map((_, i) => (errorsByKind[REFUSED.kind]?.[i] ?? 0) + (errorsByKind[TIMED_OUT]?.[i] ?? 0));

/** Mean rates while requests were refused. */
type Ceiling = ReturnType<typeof meanRates>;

/**
 * A ceiling on the accepted rate: a steady rate was accepted while requests were refused, and nothing was refused at
 * lower rates. Returns null if there is no ceiling, because errors that also occur at lower rates have other causes.
 */
function ceilingOf(evidence: Evidence): Ceiling | null {
  const { errors } = evidence;
  const sameKinds = errors.filter(({ kind }) => kind === REFUSED.kind || kind === TIMED_OUT);
  if (sumCounts(sameKinds.filter(isOverloadError)) < NEARLY_ALL_SHARE * sumCounts(sameKinds)) return null;
  const all = ratesByWindow(evidence, overloadErrorsByWindow(evidence)).filter(({ requests }) => requests > 0);
  const isAtLimit = ({ refused, requests }: (typeof all)[number]) => refused >= MIN_REFUSED_SHARE * requests;
  const atLimit = meanRates(all.filter(isAtLimit));
  const below = all.filter((window) => !isAtLimit(window));
  if (!atLimit.isSteady || below.length < MIN_RATE_WINDOWS) return null;
  return below.every(({ sentPerS }) => sentPerS <= (1 + MAX_RELATIVE_DEVIATION) * atLimit.acceptedPerS)
    ? atLimit
    : null;
}

export const serviceOverloaded: DiagnosisRule = {
  cause: 'service-overloaded',
  title: 'The service is overloaded and refuses requests',
  alternatives: [
    'process-crash',
    'database-unavailable',
    'database-lock',
    'connection-leak',
    'database-pool-exhausted',
  ],

  suspect(evidence) {
    const { errors, totals } = evidence;
    const areMany = (selected: readonly ErrorFigures[]) =>
      sumCounts(selected) >= Math.max(MIN_ERRORS, MIN_ERROR_SHARE * totals.requests);
    const overloadErrors = errors.filter(isOverloadError);
    if (!areMany(overloadErrors)) return null;
    const refusing = windowsWithCount(evidence, overloadErrorsByWindow(evidence));
    const span = spanOf(refusing);
    const cpu = targetCpuUsage(evidence, span);
    if (cpu?.isSaturated) return null;
    const explicitErrors = errors.filter(saysOverloaded);
    const isExplicit = areMany(explicitErrors);
    const ceiling = ceilingOf(evidence);
    const isIdle = cpu !== null && cpu.share < MAX_IDLE_CPU_SHARE && !cpu.isLate;
    // Errors without an explicit reason could have other causes.
    if (!isExplicit && (!ceiling || !isIdle || poolExhaustedPeriods(evidence).length > 0)) return null;

    const signals: (Signal | false | null)[] = [
      isExplicit &&
        directSignal(
          span,
          `${formatCount(sumCounts(explicitErrors))} of ${pluralize(sumCounts(errors), 'error')} report an overload (${[...new Set(explicitErrors.map(({ reason }) => reason))].join(', ')})`,
        ),
      !isExplicit &&
        supportingSignal(
          span,
          `${pluralize(sumCounts(overloadErrors), 'request')} got a ${REFUSED.code} response or timed out (${formatPercent(shareOfErrors(evidence, isOverloadError))} of all errors)`,
        ),
      ceiling &&
        supportingSignal(
          span,
          `the service accepted ${formatRate(ceiling.acceptedPerS)} of ${formatRate(ceiling.sentPerS)}, and refused nothing at lower rates`,
        ),
      isIdle &&
        supportingSignal(
          span,
          `in that period it used only ${formatPercent(cpu.share)} of a core per instance, so CPU is not the bottleneck`,
        ),
      slowdownSignal(evidence, refusing),
    ];
    return {
      signals,
      recommendation: recommend(ceiling, isIdle),
      effect: {
        matchesError: ceiling ? isOverloadError : isRefused,
        matchesFailure: (reason) => OVERLOAD_REASON.test(reason),
        slowPeriods: refusing,
      },
    };
  },

  absence(evidence) {
    const refused = sumCounts(evidence.errors.filter(isOverloadError));
    return certainAbsence(
      `${pluralize(refused, 'request')} got a ${REFUSED.code} response because of overload, or timed out`,
    );
  },
};

function recommend(ceiling: Ceiling | null, isIdle: boolean): string {
  const rate = ceiling ? formatRate(ceiling.acceptedPerS) : null;
  return isIdle
    ? `Find the limit on concurrent or queued requests${rate ? `, which lets ${rate} through,` : ''} and the reason for it: CPU is available. Raise it step by step, or run more instances, and monitor the systems behind the service.`
    : `Find out whether the target lacked CPU when it refused requests${rate ? ` beyond ${rate}` : ''}: check the load of its machine, and take a CPU profile. If CPU was available, raise the limit on concurrent requests; otherwise, give the target more CPU.`;
}
