import type { Phase } from '../../../../lib/core/definition/index.ts';
import { type Range, shareOf } from './axis.ts';
import { percent } from './plot.ts';

interface PlacedPhase {
  name: string;
  /** Shares of the width. */
  left: number;
  width: number;
  /** Every other one, so that neighbours are told apart. */
  shaded: boolean;
}

/** The phases that are in sight at that time, or the parts of them. */
export function placedPhases(phases: readonly Phase[], time: Range): PlacedPhase[] {
  return phases
    .map(({ name, startMs, endMs }, i) => {
      const left = Math.max(0, shareOf(startMs, time));
      return { name, left, width: Math.min(1, shareOf(endMs, time)) - left, shaded: i % 2 === 0 };
    })
    .filter(({ width }) => width > 0);
}

/**
 * The place of a phase's name above a plot, for the style sheet: its own width, and how far it may reach over its
 * neighbour where names stand on two lines.
 */
export function namePlace(phases: readonly PlacedPhase[], index: number): string {
  const { left, width } = phases[index] as PlacedPhase;
  const neighbour = phases[index + 1] ?? phases[index - 1];
  return `--left: ${percent(left)}; --width: ${percent(width)}; --reach: ${percent(width + (neighbour?.width ?? 0))}`;
}

/** The name of the phase at an instant; nothing before the first and after the last. */
export const phaseAt = (phases: readonly Phase[], ms: number): string =>
  phases.find(({ startMs, endMs }) => startMs <= ms && ms < endMs)?.name ?? '';
