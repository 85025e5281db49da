/** A generator of numbers in [0, 1). The same seed gives the same sequence on every machine. */
export type Random = () => number;

/** Mulberry32 by Tommy Ettinger (public domain): 32 bits of state, fast in an interpreter. */
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
 * The minimal standard generator of S. K. Park and K. W. Miller, "Random number generators: good ones are hard to
 * find", CACM 1988. {@link seededRandom} turns the seed into its initial state. It is one multiplication and one
 * remainder, because k6 interprets every operation and VUs draw several numbers for each request.
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
 * A random choice by weight. It searches linearly, the largest weight first: for a mix of about a dozen requests, that
 * is cheaper than the tables of a constant-time method. The function sorts the choices on the first call, because a VU
 * creates many mixes and uses only a few.
 * @param weightOf the weight of a choice, relative to the others
 * @throws RangeError if a weight is negative, or all are 0
 */
export function weightedChoice<T>(choices: readonly T[], weightOf: (choice: T) => number): (random: Random) => T {
  if (!choices.every((choice) => weightOf(choice) >= 0))
    throw new RangeError('The weights of a mix must not be negative.');
  if (!choices.some((choice) => weightOf(choice) > 0))
    throw new RangeError('At least one weight of a mix must be above 0.');
  let sorted: readonly T[] | undefined;
  let cumulativeWeights: number[] = [];
  let total = 0;
  return (random) => {
    if (!sorted) {
      sorted = choices.slice().sort((a, b) => weightOf(b) - weightOf(a));
      cumulativeWeights = sorted.map((choice) => {
        total += weightOf(choice);
        return total;
      });
    }
    const point = random() * total;
    let i = 0;
    while (point >= (cumulativeWeights[i] as number)) i += 1;
    return sorted[i] as T;
  };
}

/**
 * Bytes that cannot be compressed: `randomBytes(250_000, '%PDF-1.7')` for the upload of a file. The same seed gives
 * the same bytes.
 * @param size number of bytes
 * @param prefix ASCII text at the start, such as `%PDF-1.7`, by which servers recognize the type of a file
 * @param seed Default: 1
 */
export function randomBytes(size: number, prefix = '', seed = 1): ArrayBuffer {
  const bytes = new Uint8Array(size);
  const random = quickRandom(seed);
  for (let i = 0; i < size; i++) bytes[i] = i < prefix.length ? prefix.charCodeAt(i) : random() * 256;
  return bytes.buffer;
}
