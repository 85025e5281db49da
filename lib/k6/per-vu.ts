import exec from 'k6/execution';
import { quickRandom, type Random } from '../core/numbers/index.ts';
import { env, optionalEnv } from './env.ts';

/** With a single generator, `__VU` is unique in the whole test, and available while the VU is created. */
const isOnlyGenerator = (optionalEnv('GENERATORS') ?? 1) === 1;

/**
 * A separate value for each VU, created when the VU first uses it:
 * `const account = perVU((vu) => accounts[vu % accounts.length])` returns a function, `account()`.
 * @param create creates the value from the number of the VU, which is unique over all generators
 */
export function perVU<T>(create: (vu: number) => T): () => T {
  let value: T | undefined;
  return () => {
    value ??= create(isOnlyGenerator ? __VU : exec.vu.idInTest);
    return value;
  };
}

const STREAM = 2_654_435_761;
const sequenceOf = (vu: number) => quickRandom(env('SEED') + Math.imul(vu, STREAM));

/**
 * A number for use while a VU is created. With several generators, a VU does not yet know its number in the whole test
 * at that time.
 */
export const randomDuringInit: Random = sequenceOf(__VU);

/** Returns a random number in [0, 1). Every VU has its own sequence, which is the same in all runs with the same SEED. */
export const random: Random = isOnlyGenerator ? randomDuringInit : deferredSequence();

function deferredSequence(): Random {
  const sequence = perVU(sequenceOf);
  return () => sequence()();
}

/** A random choice, each with the same probability: `anyOf(['small', 'large'])`. */
export function anyOf<T>(choices: readonly T[]): T {
  return choices[(random() * choices.length) | 0] as T;
}
