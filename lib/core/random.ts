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
 * A choice by weight, in constant time: the alias method (A. J. Walker 1977; M. D. Vose 1991). Weights need not
 * sum to anything.
 */
export function weightedChoice<T>(entries: readonly (readonly [T, number])[]): (random: Random) => T {
  const total = entries.reduce((sum, [, weight]) => sum + weight, 0);
  if (!(total > 0) || entries.some(([, weight]) => !(weight >= 0)))
    throw new RangeError('a mix needs weights that are not negative, and at least one above zero');
  const size = entries.length;
  const values = entries.map(([value]) => value);
  const remaining = entries.map(([, weight]) => (weight * size) / total);
  const keep = new Array<number>(size).fill(1);
  const alias = values.slice();
  const small = remaining.flatMap((share, i) => (share < 1 ? [i] : []));
  const large = remaining.flatMap((share, i) => (share < 1 ? [] : [i]));
  while (small.length > 0 && large.length > 0) {
    const poor = small.pop() as number;
    const rich = large.at(-1) as number;
    keep[poor] = remaining[poor] as number;
    alias[poor] = values[rich] as T;
    remaining[rich] = (remaining[rich] as number) - (1 - (remaining[poor] as number));
    if ((remaining[rich] as number) < 1) small.push(large.pop() as number);
  }
  // Truncated by an operator: a call of Math.floor costs a VU more than the draw.
  return (random) => {
    const point = random() * size;
    const slot = point | 0;
    return (point - slot < (keep[slot] as number) ? values[slot] : alias[slot]) as T;
  };
}
