/** Numbers in [0, 1) from a seed: the same seed gives the same sequence on every machine. */
export type Random = () => number;

/** Mulberry32 (Tommy Ettinger, public domain): 32 bits of state, cheap in an interpreter. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/**
 * Park and Miller's minimal standard generator (CACM 1988), begun where {@link seededRandom} puts the seed. One
 * multiplication and one remainder: inside a VU every operation is interpreted, and this one is drawn from several
 * times a request.
 */
export function quickRandom(seed: number): Random {
  let state = 1 + Math.floor(seededRandom(seed)() * (MODULUS - 1));
  return () => {
    state = (state * MULTIPLIER) % MODULUS;
    return (state - 1) / (MODULUS - 1);
  };
}

const MODULUS = 2_147_483_647;
const MULTIPLIER = 48_271;

/**
 * A choice by weight; weights need not sum to anything. With the commonest first it takes few steps: for the dozen
 * entries of a mix less than the tables of a method in constant time would cost every VU. They are put in order with
 * the first choice: of the mixes that a VU makes, it chooses from few.
 * @throws RangeError where a weight is negative, or none is above zero
 */
export function weightedChoice<T>(
  choices: readonly T[],
  weightOf: (choice: T) => number,
): (random: Random) => T {
  if (!choices.every((choice) => weightOf(choice) >= 0))
    throw new RangeError('a mix needs weights that are not negative');
  if (!choices.some((choice) => weightOf(choice) > 0))
    throw new RangeError('a mix needs at least one weight above zero');
  let commonestFirst: readonly T[] | undefined;
  let upTo: number[] = [];
  let total = 0;
  return (random) => {
    if (!commonestFirst) {
      commonestFirst = choices.slice().sort((a, b) => weightOf(b) - weightOf(a));
      upTo = commonestFirst.map((choice) => {
        total += weightOf(choice);
        return total;
      });
    }
    const point = random() * total;
    let i = 0;
    while (point >= (upTo[i] as number)) i += 1;
    return commonestFirst[i] as T;
  };
}

/**
 * Bytes that cannot be compressed, the same for the same seed.
 * @param size number of bytes
 * @param begins ASCII text at the start, such as `%PDF-1.7`, by which servers recognize the type of a file
 * @param seed Default: 1
 */
export function randomBytes(size: number, begins = '', seed = 1): ArrayBuffer {
  const bytes = new Uint8Array(size);
  const random = quickRandom(seed);
  for (let i = 0; i < size; i++) bytes[i] = i < begins.length ? begins.charCodeAt(i) : random() * 256;
  return bytes.buffer;
}
