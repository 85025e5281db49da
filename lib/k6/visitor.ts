import { quickRandom, type Random } from '../core/random.ts';
import { env } from './env.ts';

/** A different sequence for every VU, the same one in every run with the same seed. */
const STREAM = 2_654_435_761;

export const random: Random = quickRandom(env('SEED') + Math.imul(__VU, STREAM));

/** One of several, drawn evenly. */
export function anyOf<T>(choices: readonly T[]): T {
  return choices[(random() * choices.length) | 0] as T;
}
