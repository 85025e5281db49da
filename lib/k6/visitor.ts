import exec from 'k6/execution';
import { quickRandom, type Random } from '../core/numbers/index.ts';
import { env, optionalEnv } from './env.ts';

/** There is one generator: then a VU has the number of all while it is made already. */
const isAlone = (optionalEnv('GENERATORS') ?? 1) === 1;

/**
 * What each VU has of its own, made when it first asks for it: which VU it is among those of several generators, it
 * knows only once it runs. `__VU` tells VUs of the same generator apart, and no others.
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
export const randomAtFirst: Random = sequenceOf(__VU);

/** A different sequence for every VU, the same one in every run with the same seed. */
export const random: Random = isAlone ? randomAtFirst : laterSequence();

function laterSequence(): Random {
  const sequence = perVU(sequenceOf);
  return () => sequence()();
}

/** One of several, drawn evenly. */
export function anyOf<T>(choices: readonly T[]): T {
  return choices[(random() * choices.length) | 0] as T;
}
