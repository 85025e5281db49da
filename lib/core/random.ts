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

/** A choice by weight. Weights need not sum to anything; the thresholds are made once, the draw is a short scan. */
export function weightedChoice<T>(entries: readonly (readonly [T, number])[]): (random: Random) => T {
  const total = entries.reduce((sum, [, weight]) => sum + weight, 0);
  if (!(total > 0) || entries.some(([, weight]) => !(weight >= 0)))
    throw new RangeError('a mix needs weights that are not negative, and at least one above zero');
  const values = entries.map(([value]) => value);
  let cumulative = 0;
  const thresholds = entries.map(([, weight]) => {
    cumulative += weight;
    return cumulative / total;
  });
  const last = values.length - 1;
  return (random) => {
    const point = random();
    let index = 0;
    while (index < last && point >= (thresholds[index] as number)) index += 1;
    return values[index] as T;
  };
}
