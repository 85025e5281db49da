import type { Cause, Evidence, Finding, JudgedCriterion } from '../../evidence/index.ts';
import { formatMs, sum } from '../../numbers/index.ts';
import type { Effect } from './effects.ts';
import { type Period, spanOf, totalsInsideAndOutside } from './periods.ts';

/**
 * Weights of signals, as powers of two. A supporting signal halves the doubt about a cause. A direct signal, in which
 * the target itself reports the cause (a counter, a status, a reason), quarters it. An opposing signal doubles the
 * doubt, and another cause that was found and may lead to this one quadruples it.
 */
const WEIGHT = { direct: 2, supporting: 1, opposing: -1 } as const;
const PRECEDING_CAUSE_WEIGHT = -2;

/** Minimum total weight of the signals of a diagnosed cause. */
export const MIN_FOUND_STRENGTH = 2;

/** An observation for or against a cause. */
export interface Signal extends Finding {
  weight: number;
}

const signal =
  (weight: number) =>
  ({ fromMs, toMs }: Period, text: string): Signal => ({ text, fromMs, toMs, weight });

export const directSignal = signal(WEIGHT.direct);
export const supportingSignal = signal(WEIGHT.supporting);
export const opposingSignal = signal(WEIGHT.opposing);

export const strengthOf = (signals: readonly Signal[]): number => sum(signals.map(({ weight }) => weight));

/**
 * Confidence from 0 to 1.
 * @param precedingCauses number of other found causes that may lead to this one
 */
export function confidenceOf(signals: readonly Signal[], precedingCauses: number): number {
  const strength = strengthOf(signals) + precedingCauses * PRECEDING_CAUSE_WEIGHT;
  return strength <= 0 ? 0 : Math.round((1 - 2 ** -strength) * 100) / 100;
}

/** Minimum factor of a slowdown that is not due to chance. */
const MIN_SLOWDOWN_FACTOR = 1.5;
const MIN_REQUESTS = 20;

/**
 * Returns a signal if responses were slower in the given periods than at other times. Returns null if they were not, or
 * if there are too few requests inside or outside the periods.
 */
export function slowdownSignal(evidence: Evidence, periods: readonly Period[]): Signal | null {
  const { inside, outside } = totalsInsideAndOutside(evidence, periods);
  if (Math.min(inside.requests, outside.requests) < MIN_REQUESTS) return null;
  if (inside.meanMs < MIN_SLOWDOWN_FACTOR * outside.meanMs) return null;
  return supportingSignal(
    spanOf(periods),
    `responses took ${formatMs(inside.meanMs)} on average in that period, compared with ${formatMs(outside.meanMs)} at other times`,
  );
}

/** The evidence for a cause, and what to do about it. */
export interface Suspicion {
  /** The signals of the cause. False and null stand for signals that do not apply. */
  signals: readonly (Signal | false | null)[];
  /**
   * The first sentence must be the action to take, because the verdict quotes it as the condition of a
   * CONDITIONAL_GO.
   */
  recommendation: string;
  effect: Effect;
  /** True if a known configuration change fixes the cause. */
  configurable?: boolean;
}

/** The evidence against a cause. `certain` is false if too little was measured. */
export interface Absence {
  text: string;
  certain: boolean;
}

export const certainAbsence = (text: string): Absence => ({ text, certain: true });
export const uncertainAbsence = (text: string): Absence => ({ text, certain: false });

/** Recognizes one cause. Each rule has its own file and a line in the list in index.ts. */
export interface DiagnosisRule {
  cause: Cause;
  /** Title of the cause for display. */
  title: string;
  /**
   * Other causes with the same symptoms. The diagnosis lists the ones that it rules out. A diagnosed one that may lead
   * to this cause lowers the confidence.
   */
  alternatives: readonly Cause[];
  /** @param criteria the judged criteria, which define what is too slow */
  suspect(evidence: Evidence, criteria: readonly JudgedCriterion[]): Suspicion | null;
  absence(evidence: Evidence): Absence;
}
