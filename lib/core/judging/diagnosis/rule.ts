import type { Cause, Evidence, Finding, JudgedCriterion } from '../../evidence/index.ts';
import { formatMs, sum } from '../../numbers/index.ts';
import type { Effect } from './effects.ts';
import { type Period, spanOf, totalsInsideAndOutside } from './periods.ts';

/**
 * How sure a diagnosis is: each independent signal that fits it halves the doubt, and one by which the target says
 * so itself (a counter, a status, a reason) halves it twice. A signal against it doubles the doubt. So does, twice,
 * another cause with the same symptoms that was found as well and may bring this one about.
 */
const WEIGHT = { direct: 2, supporting: 1, opposing: -1 } as const;
const OF_WHAT_BRINGS_IT_ABOUT = -2;

/** A cause of at least this strength counts as found. */
export const MIN_FOUND_STRENGTH = 2;

/** One observation that speaks for a cause, or against it. */
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

/** @param broughtAboutBy how many causes were found that may bring it about */
export function confidenceOf(signals: readonly Signal[], broughtAboutBy: number): number {
  const strength = strengthOf(signals) + broughtAboutBy * OF_WHAT_BRINGS_IT_ABOUT;
  return strength <= 0 ? 0 : Math.round((1 - 2 ** -strength) * 100) / 100;
}

/** Responses this many times as slow are slower for something, and not by chance. */
const SLOWER = 1.5;
const FEWEST_REQUESTS = 20;

/** That responses were slower while something was at work than at other times; null where all of the run was so. */
export function slowdownSignal(evidence: Evidence, stretches: readonly Period[]): Signal | null {
  const { inside, outside } = totalsInsideAndOutside(evidence, stretches);
  const tells = Math.min(inside.requests, outside.requests) >= FEWEST_REQUESTS;
  if (!tells || inside.meanMs < SLOWER * outside.meanMs) return null;
  return supportingSignal(
    spanOf(stretches),
    `responses took ${formatMs(inside.meanMs)} on average meanwhile, and ${formatMs(outside.meanMs)} at other times`,
  );
}

/** What speaks for a cause, and what to do about it. */
export interface Suspicion {
  /** Those that were not seen are left out. */
  signals: readonly (Signal | false | null)[];
  /** What to do is its first sentence. */
  recommendation: string;
  effect: Effect;
  /** A known change of configuration mends it. */
  configurable?: boolean;
}

/** What speaks against a cause that is not suspected; uncertain where too little was measured to tell. */
export interface Absence {
  text: string;
  certain: boolean;
}

export const certainAbsence = (text: string): Absence => ({ text, certain: true });
export const uncertainAbsence = (text: string): Absence => ({ text, certain: false });

/** How one cause is recognised: one file, and one line in the table of index.ts. */
export interface DiagnosisRule {
  cause: Cause;
  /** As told to a person. */
  title: string;
  /** Causes with the same symptoms: ruled out where they are not found, and a doubt where they bring this one about. */
  alternatives: readonly Cause[];
  /** @param criteria what was promised: some things are slow only by what was promised */
  suspect(evidence: Evidence, criteria: readonly JudgedCriterion[]): Suspicion | null;
  absence(evidence: Evidence): Absence;
}
