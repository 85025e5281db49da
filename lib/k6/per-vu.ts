import exec from 'k6/execution';
import { quickRandom, type Random } from '../core/numbers/index.ts';
import { env, optionalEnv } from './env.ts';

/** There is one generator: then a VU has the number of all while it is made already. */
const isAlone = (optionalEnv('GENERATORS') ?? 1) === 1;

/**
 * A value of its own for each VU, made when the VU first asks for it.
 * @param make gets the number of the VU, which is unique over all generators
 */
export function perVU<T>(make: (vu: number) => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make(isAlone ? __VU : exec.vu.idInTest);
    return made;
  };
}

const STREAM = 2_654_435_761;
const sequenceOf = (vu: number) => quickRandom(env('SEED') + Math.imul(vu, STREAM));

/** For what a VU draws while it is made, and so before it may know which of all it is. */
export const randomDuringInit: Random = sequenceOf(__VU);

/** Returns a number in [0, 1). Every VU draws its own sequence, which is the same in every run with the same SEED. */
export const random: Random = isAlone ? randomDuringInit : laterSequence();

function laterSequence(): Random {
  const sequence = perVU(sequenceOf);
  return () => sequence()();
}

/** One of the choices, each with the same probability. */
export function anyOf<T>(choices: readonly T[]): T {
  return choices[(random() * choices.length) | 0] as T;
}
