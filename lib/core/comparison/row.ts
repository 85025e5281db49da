import type { Interval } from '../numbers/index.ts';
import type { FigureName } from './compared-figures.ts';
import type { Method } from './difference.ts';
import type { Scope } from './excerpt.ts';

export const OUTCOMES = ['worse', "can't tell", 'better', 'same'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** One figure of one part of both sides. */
export interface Row {
  scope: Scope | 'resources';
  name: string;
  figure: FigureName;
  reference: number;
  candidate: number;
  /** As a part of the reference, or in points of a rate. */
  change: number;
  /** Of the change, at 95 %. */
  interval: Interval | null;
  /** From here on a change matters. */
  floor: number;
  outcome: Outcome;
  by: Method[];
  note: string | null;
}
